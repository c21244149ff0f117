"""Blocks made of entries: the answer card and the buttons under it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Literal, NamedTuple

from actions.case_tree import Fork, counterparts, passages_under, written
from actions.excerpt import ROOM, shorten
from actions.whole import broken_off, shown, stand_in, whole
from core.entry import Address, Entry, Passage, passages
from core.turns import AnswerBlock, ChoicesBlock, Option, Source

_SERVICES = 3


class Card(NamedTuple):
    """An answer card, and whether its body is only the beginning of the passage."""

    block: AnswerBlock
    shortened: bool


def answer_card(entry: Entry, passage: int, snapshot: str, cases: int | None = None) -> Card:
    """The card that shows passage number ``passage`` of ``entry``; its first one where there is no such number.

    ``cases``: how many of the cases that lead to it are named; all of them if ``None``. ``text`` and ``notice`` are left to the
    wording. Raises ``ValueError`` for an entry without any text.
    """
    found = passages(entry)
    if not found:
        raise ValueError(f"entry {entry.id} has no text")
    place = stand_in(entry, passage if 0 <= passage < len(found) else 0)
    return _card(entry, snapshot, found[place].headings, found[place].cases[:cases], shown(entry, place))


def rest_card(entry: Entry, passage: int, read: int, snapshot: str) -> Card:
    """The card that goes on with a passage of which ``read`` characters were shown."""
    return part_card(entry, passage, passages(entry)[passage].markdown.strip()[read:], snapshot)


def part_card(entry: Entry, passage: int, markdown: str, snapshot: str) -> Card:
    """The card that shows ``markdown``, a part of the passage."""
    shown = passages(entry)[passage]
    return _card(entry, snapshot, shown.headings, shown.cases, markdown)


def plain_card(entry: Entry, snapshot: str) -> Card:
    """The card that says it in few and plain words: the easy text where there is one, else what the page is about."""
    text = entry.easy_text or entry.short_answer or whole(entry.description) or entry.introduction
    return _card(entry, snapshot, (), (), text or broken_off(entry.description))


def whole_fork_card(entry: Entry, fork: Fork, snapshot: str, start: int) -> Card:
    """The card that shows the cases of ``fork`` side by side, each text under the labels and headings that lead to it.

    Of each case, the part in which passage ``start`` answers the question, where the case has that part; else all of it.
    """
    found = passages(entry)
    told: list[tuple[str, Passage | None]] = []
    for number, label in enumerate(fork.labels):
        orders = counterparts(entry, start, passages_under(entry, (*fork.address, number)))
        told += [(label, found[order]) for order in orders] or [(label, None)]
    parts = {passage.headings for _, passage in told if passage}
    headings = parts.pop() if len(parts) == 1 else fork.headings

    def name(one: tuple[str, Passage | None]) -> str:
        label, passage = one
        inner = (*passage.headings[len(headings) :], *passage.cases[len(fork.cases) + 1 :]) if passage else ()
        return f"**{' › '.join((label, *inner))}**"

    lines: list[str] = []
    for named, together in groupby(told, name):
        lines += [named, *(passage.markdown for _, passage in together if passage)]
    return _card(entry, snapshot, headings, fork.cases, "\n\n".join(lines))


def _card(entry: Entry, snapshot: str, headings: tuple[str, ...], cases: tuple[str, ...], markdown: str) -> Card:
    body, shortened = shorten(markdown, ROOM.get())
    block = AnswerBlock(
        entry=entry.id,
        entry_version=entry.version,
        snapshot=snapshot,
        locale=entry.locale,
        title=entry.title,
        headings=headings,
        cases=cases,
        body=body,
        source=Source(name=entry.source, url=entry.url),
        verified_on=entry.verified_on,
        services=tuple(Source(name=link.title, url=link.url) for link in entry.services if link.url)[:_SERVICES],
        sms_text="" if headings or cases else entry.sms_text,  # what is true for all says too little of one part
    )
    return Card(block, shortened)


def entry_option(title: str, entry: str, passage: int = 0) -> Option:
    """A button that shows ``entry``; read back by ``action_show_entry``."""
    named: dict[str, str | int] = {"entry": entry} | ({"passage": passage} if passage else {})
    return Option(label=title, payload=f"/choose{json.dumps(named)}")


def part_option(heading: str, entry: str, passage: int) -> Option:
    """A button that answers the same question from another part of ``entry``; read back by ``action_choose_case``."""
    return Option(label=heading, payload=f"/choose_case{json.dumps({'entry': entry, 'passage': passage})}")


def theme_option(theme: str) -> Option:
    """A button that shows pages of ``theme``. Read back by ``action_none_of_these``."""
    return Option(label=theme, payload=f"/none_of_these{json.dumps({'theme': theme}, ensure_ascii=False)}")


def case_option(label: str, entry: str, case: Address) -> Option:
    """A button that says: this is my case. Read back by ``action_choose_case``."""
    return Option(label=label, payload=f"/choose_case{json.dumps({'entry': entry, 'case': written(case)})}")


def fork_payload(entry: str, fork: Address, page: int | None = None) -> str:
    """The payload for what no case answers: the fork's cases from number ``page`` on, or, without one, all side by side."""
    named: dict[str, str | int] = {"entry": entry, "fork": written(fork)} | ({} if page is None else {"page": page})
    return f"/choose_case{json.dumps(named)}"


def choices(purpose: Literal["entries", "related", "menu", "cases"], options: Iterable[Option]) -> ChoicesBlock:
    return ChoicesBlock(purpose=purpose, options=tuple(options))
