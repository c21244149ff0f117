"""Blocks made from entries: the answer card and the buttons below it."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from actions.cases.case_tree import Fork, counterparts, passages_under, written
from actions.replies.extract import Extract, Worth, continued, extract
from actions.replies.side_by_side import SideBySide
from actions.replies.style import Style
from actions.replies.truncated_description import broken_off, shown, stand_in, whole
from core.entry import Address, Entry, passages
from core.turns import AnswerBlock, Option, Source
from retrieval.contracts import PageSentence

_SERVICES = 3


class Card(NamedTuple):
    """An answer card."""

    block: AnswerBlock
    shortened: bool  # the body is only an extract of the passage
    pieces: tuple[int, ...] = ()  # the numbers of the pieces in it (``actions.replies.pieces``)
    headings: tuple[str, ...] = ()  # the path to the part that is shown
    passage: int | None = None  # the passage that is shown first, if it is not the one that the card was made for


def nothing_asked(sentences: Sequence[PageSentence]) -> list[float]:
    """Returns the worths for use without a question: an extract is then the beginning of its part."""
    return [float(sentence.begins) for sentence in sentences]


def answer_card(
    entry: Entry,
    passage: int,
    snapshot: str,
    style: Style,
    cases: int | None = None,
    worth: Worth = nothing_asked,
    question: str = "",
) -> Card:
    """Returns the card with the answer from passage number ``passage`` of ``entry``, or from the first if that number does not
    exist.

    ``cases``: how many of the cases that lead to it are named; all if ``None``. The fields ``text`` and ``notice`` of its block
    stay empty: the utterances of the reply fill them. Raises ``ValueError`` for an entry without any text.
    """
    known = passages(entry)
    if not known:
        raise ValueError(f"entry {entry.id} has no text")
    order = stand_in(entry, passage if 0 <= passage < len(known) else 0)
    limits = style.limits
    text = shown(entry, order)
    chosen = extract(
        text, worth, limits.card, question=question, answer_chars=limits.answer, whole_chars=limits.whole, strict=True
    )
    if not chosen.text:  # only links: the page says nothing else here
        chosen = continued(text, (), limits.rest)
    return _card(entry, snapshot, style, known[order].headings, known[order].cases[:cases], chosen)


def rest_card(entry: Entry, passage: int, read: Collection[int], snapshot: str, style: Style) -> Card:
    """Returns the card that continues a passage after its pieces ``read``."""
    shown_passage = passages(entry)[passage]
    rest = continued(shown(entry, passage), read, style.limits.rest)
    return _card(entry, snapshot, style, shown_passage.headings, shown_passage.cases, rest)


def plain_card(entry: Entry, snapshot: str, style: Style) -> Card:
    """Returns the card in a few plain words: the easy text if there is one, else the page's summary."""
    text = entry.easy_text or entry.short_answer or whole(entry.description) or entry.introduction
    return _card(entry, snapshot, style, (), (), Extract(text or broken_off(entry.description)))


def cases_card(entry: Entry, fork: Fork, beside: SideBySide, lead: str, snapshot: str, style: Style) -> Card:
    """Returns the card with the cases of ``fork`` side by side, after the text ``lead``, which holds for all of them."""
    body = "\n\n".join(part for part in (lead, beside.body) if part)
    card = _card(entry, snapshot, style, beside.headings, fork.cases, Extract(body, rest=beside.rest))
    return card._replace(shortened=not beside.complete)


def empty_card(entry: Entry, fork: Fork, snapshot: str, style: Style) -> Card:
    """Returns the card of ``fork`` without a text."""
    return _card(entry, snapshot, style, fork.headings, fork.cases, Extract(""))


def whole_fork_card(
    entry: Entry,
    fork: Fork,
    snapshot: str,
    start: int,
    style: Style,
    *,
    only_part: bool = False,
    holds: Callable[[int], bool] = lambda _: True,
) -> Card:
    """Returns the card with the cases of ``fork`` in full, each text under the labels and headings that lead to it.

    Of each case, it shows the part of passage ``start``, if the case has that part; else all of it. With ``only_part``, cases
    without that part are left out, if others have it. Passages that do not hold for the citizen (``holds``) are left out.
    """
    known = passages(entry)
    by_case = [counterparts(entry, start, passages_under(entry, (*fork.address, case))) for case in range(len(fork.labels))]
    last_heading = known[start].headings[-1:]
    have_part = [
        bool(last_heading) and any(known[order].headings[-1:] == last_heading for order in orders) for orders in by_case
    ]
    keeps_all = not only_part or not any(have_part)
    shown_cases = [
        (label, [known[order] for order in orders if holds(order)])
        for label, orders, has_part in zip(fork.labels, by_case, have_part, strict=True)
        if (has_part or keeps_all) and (not orders or any(map(holds, orders)))
    ]
    parts = {passage.headings for _, case_passages in shown_cases for passage in case_passages}
    headings = parts.pop() if len(parts) == 1 else fork.headings
    texts: list[str] = []
    name_above = ""
    for label, case_passages in shown_cases:
        if not case_passages:
            texts.append(f"**{label}**")
        for passage in case_passages:
            inner = (*passage.headings[len(headings) :], *passage.cases[len(fork.cases) + 1 :])
            name = f"**{' › '.join((label, *inner))}**"
            if name != name_above:
                texts.append(name)
            texts.append(passage.markdown)
            name_above = name
    return _card(entry, snapshot, style, headings, fork.cases, Extract("\n\n".join(texts)))


def _card(
    entry: Entry, snapshot: str, style: Style, headings: tuple[str, ...], cases: tuple[str, ...], shown_part: Extract
) -> Card:
    text = style.on_card(entry, shown_part.text)
    # By SMS the extract is sent, and SUITE continues with the other content of the part.
    follows = style.on_card(entry, shown_part.rest) if style.pays_by_segment else ""
    own = "" if headings or cases else entry.sms_text  # the text that holds for everyone is too general for one part
    offered = [link for link in entry.services if link.url and f"]({link.url})" not in shown_part.text]
    services = (Source(name=style.link_name(entry, link.title, link.url), url=link.url) for link in offered)
    block = AnswerBlock(
        entry=entry.id,
        entry_version=entry.version,
        snapshot=snapshot,
        locale=entry.locale,
        title=entry.title,
        headings=headings,
        cases=cases,
        body="\n\n".join(part for part in (text, follows) if part),
        source=Source(name=style.link_name(entry, entry.source, entry.url), url=entry.url_at(headings)),
        verified_on=entry.verified_on,
        services=tuple(services)[:_SERVICES],
        sms_text=own or (text if follows else ""),
    )
    return Card(block, not shown_part.whole, shown_part.pieces, headings)


def entry_option(title: str, entry: str, passage: int = 0) -> Option:
    """Returns a button that shows ``entry``; ``action_show_entry`` reads it."""
    values: dict[str, str | int] = {"entry": entry} | ({"passage": passage} if passage else {})
    return Option(label=title, payload=f"/choose{json.dumps(values)}")


def part_option(heading: str, entry: str, passage: int) -> Option:
    """Returns a button that answers the same question from another part of ``entry``; ``action_choose_case`` reads it."""
    return Option(label=heading, payload=f"/choose_case{json.dumps({'entry': entry, 'passage': passage})}")


def theme_option(theme: str) -> Option:
    """Returns a button that shows pages of ``theme``; ``action_none_of_these`` reads it."""
    return Option(label=theme, payload=f"/none_of_these{json.dumps({'theme': theme}, ensure_ascii=False)}")


def case_option(label: str, entry: str, case: Address) -> Option:
    """Returns a button with which the citizen chooses a case; ``action_choose_case`` reads it."""
    return Option(label=label, payload=f"/choose_case{json.dumps({'entry': entry, 'case': written(case)})}")


def other_cases(entry: str, forks: Sequence[tuple[Fork, int | None]]) -> tuple[list[Option], str]:
    """Returns the buttons for the cases of ``forks`` except the taken ones, and the payload that offers all cases of the last
    fork, page by page; it is empty without ``forks``.
    """
    options = [
        case_option(label, entry, (*fork.address, number))
        for fork, taken in forks
        for number, label in enumerate(fork.labels)
        if number != taken
    ]
    return options, fork_payload(entry, forks[-1][0].address, 0) if forks else ""


def rest_payload(entry: str, passage: int) -> str:
    """Returns the payload that continues passage number ``passage`` of ``entry``; ``action_choose_case`` reads it."""
    return f"/choose_case{json.dumps({'entry': entry, 'rest': passage})}"


def fork_payload(entry: str, fork: Address, page: int | None = None) -> str:
    """Returns the payload that shows the fork's cases from number ``page`` on; without ``page``, all of them side by side."""
    values: dict[str, str | int] = {"entry": entry, "fork": written(fork)} | ({} if page is None else {"page": page})
    return f"/choose_case{json.dumps(values)}"
