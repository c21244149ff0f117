"""Makes the card of a page whose answer depends on an unknown case."""

from typing import NamedTuple

from actions.cases.case_tree import Fork, passages_under
from actions.replies.cards import Card, answer_card, cases_card
from actions.replies.piece_sets import answering, visible_chars
from actions.replies.pieces import pieces_of
from actions.replies.side_by_side import OpenFork, first_cases, side_by_side
from actions.replies.style import Style
from actions.replies.truncated_description import is_broken, shown, stand_in
from core.decision_trace import note
from core.entry import Entry, passages


class ForkCard(NamedTuple):
    """What can be shown while a fork is open."""

    card: Card | None  # ``None`` if the page says nothing that holds for everyone
    complete: bool  # it answers each case, so that no question is needed
    others: tuple[int, ...] = ()  # the numbers of the cases that are not on the card, if only one case is


def fork_card(open_fork: OpenFork, lead_passage: int | None, snapshot: str, style: Style) -> ForkCard:
    """Returns the card that answers although the fork is open: all cases side by side if they fit, none of them chosen; else
    the text that holds for everyone, and the first cases.

    ``lead_passage``: the passage before the fork, if any.
    """
    entry, fork, limits = open_fork.entry, open_fork.fork, style.limits
    note("fork", cases=" / ".join(fork.labels), question=fork.question)
    lead = open_fork.extract(shown(entry, lead_passage), limits.mini).text if lead_passage is not None else ""
    for above in dict.fromkeys((lead, "")):
        beside = side_by_side(open_fork, limits.cases - visible_chars(above))
        if beside is not None:
            note("side_by_side", chars=visible_chars(beside.body), room=limits.cases)
            return ForkCard(cases_card(entry, fork, beside, above, snapshot, style), complete=True)
    if not (style.pays_by_segment and lead):  # by SMS, text that holds for everyone is preferred to a single case
        alone = (limits.lone_case, limits.cases) if style.pays_by_segment else ()
        some = first_cases(open_fork, limits.cases - visible_chars(lead), alone=alone)
        if some is not None:
            note("first_cases", room=limits.cases)
            others = _other_cases(entry, fork, open_fork.start) if some.alone else ()
            return ForkCard(cases_card(entry, fork, some, lead, snapshot, style), complete=False, others=others)
    common = _for_everyone(entry) if lead_passage is None else lead_passage
    if common is not None:
        note("for_everyone", room=limits.cases)
        card = answer_card(entry, common, snapshot, style.above_choices(), worth=open_fork.worth, question=open_fork.question)
        return ForkCard(card, complete=False)
    note("only_asked", room=limits.cases)
    return ForkCard(None, complete=False)


def _for_everyone(entry: Entry) -> int | None:
    """Returns the passage that introduces ``entry``, if it holds for every case and is not empty."""
    first = stand_in(entry, 0)
    known = passages(entry)[first]
    says = not is_broken(entry, first) and answering(pieces_of(shown(entry, first)))
    return first if says and not known.cases and not known.headings else None


def _other_cases(entry: Entry, fork: Fork, passage: int) -> tuple[int, ...]:
    """Returns the numbers of the cases of ``fork`` except the one that contains ``passage`` (or the first)."""
    numbers = range(len(fork.labels))
    own = next((number for number in numbers if passage in passages_under(entry, (*fork.address, number))), 0)
    return tuple(number for number in numbers if number != own)
