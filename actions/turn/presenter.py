"""Shows a card, or asks for the citizen's case, with other offers below."""

from collections.abc import Sequence
from typing import NamedTuple

from actions.cases.case_questions import question_for
from actions.cases.case_tree import Fork
from actions.replies.cards import Card, case_option, entry_option, fork_payload, other_cases, rest_card, rest_payload
from actions.replies.first_answer import is_open
from actions.replies.related import MOST_AT_HEAD, MOST_PARTS, older_twin, related_options, same_page_options, unread_first
from actions.replies.reply_builder import about, block_of, option_of
from actions.replies.utterance import Reply, Utterance, say
from actions.turn.resolution import has_part
from actions.turn.turn import Turn
from core.entry import Entry
from core.turns import Option, Outcome
from retrieval.contracts import Hit


class SearchContext(NamedTuple):
    """How a page was found, and what the search found beside it."""

    confidence: float | None = None  # of the search
    others: Sequence[Hit] = ()  # other pages to offer below
    named: bool = False  # the citizen asked for this very part of the page, so a question names it


UNSEARCHED = SearchContext()


def show(
    turn: Turn,
    entry: Entry,
    card: Card,
    context: SearchContext = UNSEARCHED,
    *,
    remembered: Sequence[str] = (),
    assumed: Sequence[tuple[Fork, int]] = (),
    cases: Sequence[tuple[Fork, int | None]] = (),
    back: bool = False,
) -> Reply:
    """Answers with ``card``, and with other offers below it.

    ``remembered``: the labels of cases taken from what the citizen said before. ``assumed``: forks, each with the case that was
    assumed there. ``cases``: forks whose cases are offered below, each with the case to leave out, if any. ``back``: below
    other offers, a button takes the last case back.
    """
    focus, paid = turn.focus, turn.style.pays_by_segment
    answer = turn.replies.answer(entry, card, language=turn.language, confidence=context.confidence)
    utterances = [*_say_assumed(assumed), *answer]
    if remembered:
        utterances.append(say("utter_remembered", {}, cases=", ".join(remembered)))
    others, every_case = other_cases(entry.id, [*cases, *assumed])
    # By SMS each line costs: cases that are on the card in full are not named again.
    if others and (assumed or card.shortened or not paid):
        most = turn.replies.most_cases
        name = "utter_other_cases" if assumed else "utter_each_case"
        utterances.append(say(name, {"block": block_of("cases", others[:most])}))
        if len(others) > most:
            utterances.append(option_of("utter_option_more", every_case))
    same_page = parts_besides(turn, entry, card.headings)
    rest = focus.shown if focus and card.shortened and card.pieces and not paid else None
    if same_page or rest is not None:
        utterances.append(say("utter_same_page", {"block": block_of("related", same_page)}))
    if rest is not None:
        utterances.append(option_of("utter_option_read_on", rest_payload(entry.id, rest)))
    related, alike = related_options(entry, context.others, turn.retriever)
    older = None if paid else older_twin(entry, focus.query if focus else "", turn.retriever)
    if related or older:
        utterances.append(say("utter_related", {"block": block_of("related", related), "alike": list(alike)}))
    if older and older.verified_on:
        payload, year = entry_option(older.title, older.id).payload, str(older.verified_on.year)
        utterances.append(option_of("utter_option_also", payload, source=older.source, year=year))
    if back and (same_page or rest is not None or related or older):
        utterances.append(option_of("utter_option_other_case", "/go_back"))
    return turn.reply(utterances)


def show_rest(turn: Turn, entry: Entry, order: int) -> Reply:
    """Continues passage ``order`` where it was cut."""
    card = rest_card(entry, order, turn.focus.pieces if turn.focus else (), turn.snapshot, turn.style)
    return show(turn.with_focus_changes(pieces=card.pieces), entry, card)


def ask(
    turn: Turn,
    entry: Entry,
    fork: Fork,
    card: Card | None = None,
    *,
    part: tuple[str, ...] = (),
    only: Sequence[int] = (),
    page: int = 0,
    confidence: float | None = None,
    assumed: Sequence[tuple[Fork, int]] = (),
) -> Reply:
    """Asks which case of ``fork`` is the citizen's.

    ``card``: content that can be shown before the question. ``part``: the headings of the requested part of the page.
    ``only``: the numbers of the cases that are still possible, if not all are. ``page``: the number of the first case to offer.
    ``assumed``: as in ``show``.
    """
    utterances = _say_assumed(assumed)
    if card:
        utterances += turn.replies.card(entry, card, language=turn.language)
    elif only:
        utterances.append(say("utter_cases_left", {}))
    elif part or not fork.cases:  # in a case that was just chosen, the citizen knows the page already
        utterances.append(say("utter_about", {}, title=" › ".join((entry.title, *(part or fork.headings)))))
    count, most = len(fork.labels), turn.replies.most_cases
    last = count if only or count <= page + most + 1 else page + most  # one case more takes no more space than "more"
    numbers = sorted(only) if only else range(page, last)
    options = [case_option(fork.labels[number], entry.id, (*fork.address, number)) for number in numbers]
    others = other_cases(entry.id, assumed)[0][:most]
    brief = card is not None and turn.style.pays_by_segment  # the card answers something: the other cases need few words
    name = "utter_other_cases" if brief else question_for(fork)
    custom = {"outcome": Outcome.GUIDED, **about(entry, turn.snapshot, confidence)}
    custom["block"] = block_of("cases", [*options, *others] if brief else options)
    utterances.append(say(name, custom, question=fork.question))
    if last < count:
        utterances.append(option_of("utter_option_more", fork_payload(entry.id, fork.address, last)))
    if not brief:
        utterances.append(option_of("utter_option_unsure", fork_payload(entry.id, fork.address)))
        if fork.cases:
            utterances.append(option_of("utter_option_back", "/go_back"))
        if others:
            utterances.append(say("utter_other_cases", {"block": block_of("cases", others)}))
    return turn.reply(utterances)


def _say_assumed(assumed: Sequence[tuple[Fork, int]]) -> list[Utterance]:
    """Returns the utterance that names the cases ``assumed``."""
    return [say("utter_assumed", {}, cases=", ".join(fork.labels[case] for fork, case in assumed))] if assumed else []


def parts_besides(turn: Turn, entry: Entry, shown: tuple[str, ...]) -> tuple[Option, ...]:
    """Returns other parts of the page than ``shown`` that may answer. None by SMS: each line costs."""
    focus = turn.focus
    if focus is None or not focus.question or turn.style.pays_by_segment:
        return ()
    ranked = unread_first(entry, turn.retriever.ranked_passages(entry, focus.question), focus.passages_shown)
    most = MOST_AT_HEAD if is_open(turn.retriever, focus, entry) else MOST_PARTS
    return same_page_options(entry, shown, filter(has_part(turn, entry), ranked), most)
