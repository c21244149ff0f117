"""Finds the citizen's way through the cases of a page."""

from collections.abc import Callable, Collection
from functools import partial

from actions.cases.case_resolution import Guidance, guide, once_for_each
from actions.cases.case_tree import Fork, read, written
from actions.cases.dialogue_state import Focus
from actions.cases.known_case import decided_by
from actions.turn.turn import Turn
from core.entry import Address, Entry, located_passages, passages


def resolve(turn: Turn, entry: Entry, order: int, focus: Focus | None = None) -> Guidance:
    """Returns where passage ``order`` of ``entry`` leads, from what is known about the citizen (and in ``focus``)."""
    case_of = partial(turn.case, focus or turn.focus_on(entry))
    return guide(entry, order, case_of, partial(turn.best, entry))


def applies(turn: Turn, entry: Entry, order: int) -> bool:
    """Decides whether passage ``order`` applies to the citizen, or may apply: no other case is known to be theirs."""
    way = resolve(turn, entry, order)
    return way.passage == order or (way.passage is None and way.asked is not None)


def has_part(turn: Turn, entry: Entry) -> Callable[[int], bool]:
    """Returns a function that decides whether the citizen's case, as far as it is known, has the part with a passage."""
    case_of, known = once_for_each(partial(turn.case, turn.focus_on(entry))), passages(entry)

    def decide(order: int) -> bool:
        way = guide(entry, order, case_of, partial(turn.best, entry))
        return way.passage is None or known[way.passage].headings[-1:] == known[order].headings[-1:]

    return decide


def reconsidered(turn: Turn, entry: Entry, text: str) -> tuple[Turn, list[Address]]:
    """Takes back choices that ``text`` contradicts. Returns also the addresses of the cases that it decides for."""
    decided = decided_by(entry, text)
    return turn.with_focus(_undecided(turn.focus_on(entry), decided)), list(decided.values())


def with_choice(focus: Focus, way: list[str]) -> Focus:
    """Returns ``focus`` with the cases on the ``way`` chosen (addresses as written), instead of earlier choices there."""
    focus = _undecided(focus, set(map(_fork_of, way)))
    return focus.model_copy(update={"chosen": (*focus.chosen, *way)})


def asking_again(focus: Focus, fork: Fork) -> Focus:
    """Returns ``focus`` in which ``fork`` is asked again, whatever was chosen or said."""
    place = written(fork.address)
    focus = _undecided(focus, (place,))
    return focus.model_copy(update={"reopened": (*focus.reopened, place), "asked": place})


def _undecided(focus: Focus, forks: Collection[str]) -> Focus:
    """Returns ``focus`` without what was chosen, or is to be asked again, at ``forks`` (addresses as written)."""
    chosen = tuple(case for case in focus.chosen if _fork_of(case) not in forks)
    return focus.model_copy(update={"chosen": chosen, "reopened": tuple(fork for fork in focus.reopened if fork not in forks)})


def _fork_of(case: str) -> str:
    """Returns the address of the fork of ``case``; both are in written form."""
    return case.rpartition(".")[0]


def place_in(entry: Entry, focus: Focus) -> Address:
    """Returns the citizen's place in ``entry``: the fork that is asked, or the passage shown last.

    Raises ``LookupError`` if the entry has changed and the fork no longer exists.
    """
    if focus.asked is not None:
        return read(focus.asked)
    located = located_passages(entry)
    return located[focus.shown][1] if focus.shown is not None and focus.shown < len(located) else ()
