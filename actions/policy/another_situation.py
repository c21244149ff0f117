"""The same question for another situation ("et pour un mineur ?"), if the page distinguishes it."""

from collections.abc import Collection, Sequence

from actions.cases.case_tree import fork_after, passages_under, steps_to, written
from actions.cases.dialogue_state import packed
from actions.messages.follow_up_parser import FollowUp
from actions.replies.utterance import Reply
from actions.situation.matching import borne_out
from actions.situation.reading import Facets, demanded, passing
from actions.turn.page_answer import answer_from, open_page
from actions.turn.presenter import SearchContext
from actions.turn.resolution import reconsidered
from actions.turn.turn import Turn
from core.entry import Address, Entry, located_passages, passages
from retrieval.terms.analysis import terms


def is_for_others(title: str, facts: Facets) -> bool:
    """Decides whether the page with this ``title`` is for another situation than ``facts``."""
    demand = demanded(title)
    return any(facet in demand and not values & demand[facet] for facet, values in facts.items())


def first_for(titles: Sequence[str], facts: Facets) -> int | None:
    """Returns the index of the first of ``titles`` that is for the situation ``facts``."""
    return next((number for number, title in enumerate(titles) if facts and borne_out(demanded(title), facts)), None)


def answer_for_situation(turn: Turn, entry: Entry, found: FollowUp, among: Collection[int] | None = None) -> Reply | None:
    """Answers again for the situation that the message tells; ``None`` if no case and no heading is for it.

    ``among``: the passages that answer what is asked besides; another passage for the situation would not.
    """
    facts = found.facts
    if is_for_others(entry.title, facts):
        return None
    turn, decided = reconsidered(turn, entry, turn.text)
    focus = turn.focus_on(entry)
    headed = [] if decided else _asked(_orders_headed_for(entry, facts), among)
    if not (decided or headed):
        return None
    start = focus.start
    if headed:
        start = turn.best(entry, headed)
    elif not _is_on_the_way(turn, entry, start, decided):
        inside = _asked([order for address in decided for order in passages_under(entry, address)], among)
        if among is not None and not inside:
            return None
        start = turn.best(entry, inside or [start])
    now = {"latest": turn.text, "facts": {**focus.facts, **packed(passing(facts))}, "start": start}
    return answer_from(turn.with_stated_facts().with_focus_changes(**now), entry, start, SearchContext(named=among is not None))


def answer_where_spoken_of(turn: Turn, entry: Entry, facts: Facets) -> Reply | None:
    """Answers from the text of ``entry`` about this situation, although no case and no heading is for it."""
    if is_for_others(entry.title, facts) or not turn.retriever.spoken(entry, set(terms(turn.text))):
        return None
    return open_page(turn.with_stated_facts(), entry, turn.retriever.best_passage(entry, turn.text), turn.text)


def _asked(orders: Sequence[int], among: Collection[int] | None) -> list[int]:
    """Returns those of ``orders`` that are in ``among``; all if it is ``None``."""
    return [order for order in orders if among is None or order in among]


def _orders_headed_for(entry: Entry, facts: Facets) -> list[int]:
    """Returns the orders of the passages of ``entry`` under a heading for the situation ``facts``."""
    return [one.order for one in passages(entry) if any(borne_out(demanded(heading), facts) for heading in one.headings)]


def _is_on_the_way(turn: Turn, entry: Entry, start: int, decided: Sequence[Address]) -> bool:
    """Decides whether one of the ``decided`` cases is at a fork after passage ``start``, or at the fork that is asked."""
    place = located_passages(entry)[start][1]
    following = fork_after(entry, place)
    met = {step.fork.address for step in steps_to(entry, place)} | ({following.address} if following else set())
    pending_fork = turn.focus.asked if turn.focus else None
    return any(address[:-1] in met or written(address[:-1]) == pending_fork for address in decided)
