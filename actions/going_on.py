"""Going on about the subject: a follow-up is answered from the entry talked about, or from its nearest neighbour."""

from __future__ import annotations

from collections.abc import Sequence

from actions.aspects import Aspect, passages_on
from actions.cards import entry_option, plain_card, rest_card
from actions.case_tree import fork_after, passages_under, steps_to, written
from actions.consultation import Consultation
from actions.follow_up import FollowUp, Kind, follow_up, held, is_short
from actions.situation.reading import Facets, demanded, passing
from actions.subject import packed
from core.entry import Address, Entry, located_passages, passages
from retrieval.contracts import Hit

_LIMIT = 6
_POINTS = 4


def go_on(talk: Consultation, text: str) -> bool:
    """Answer ``text`` as a follow-up; false where it begins a subject of its own."""
    subject = talk.subject
    entry = talk.retriever.entry(subject.entry, talk.collection) if subject and subject.entry else None
    if entry is None:
        return False
    found = follow_up(text, entry)
    if found.rest or (found.named and not found.linked):
        return _perhaps(talk, entry, text, found)
    match found.kind:
        case Kind.EXPLAIN:
            _explain(talk, entry)
        case Kind.MORE:
            _more(talk, entry)
        case Kind.ASPECT if found.aspect:
            _aspect(talk, entry, text, found.aspect, found.facts)
        case Kind.SITUATION:
            if not _situation(talk, entry, text, found.facts):
                _elsewhere(talk, entry, text, found.facts)
        case _:
            return False
    return True


def _perhaps(talk: Consultation, entry: Entry, text: str, found: FollowUp) -> bool:
    """``text`` names something: a detail of the entry, or another subject? The search for it alone decides."""
    if not is_short(text) or not (found.linked or found.kind):
        return False
    alone = talk.search(text, _LIMIT)
    first = alone.hits[0] if alone.hits else None
    if first and first.entry_id != entry.id and (alone.decision == "answered" or not found.linked):
        return False
    if not held(entry, found.rest):
        return False
    if found.kind is Kind.ASPECT and found.aspect and not found.rest:
        _aspect(talk, entry, text, found.aspect, found.facts)
        return True
    talk.hear(text)
    talk.open(entry, talk.retriever.best_passage(entry, text), text)
    return True


def _aspect(talk: Consultation, entry: Entry, text: str, aspect: Aspect, facts: Facets) -> None:
    if facts and _situation(talk, entry, text, facts):
        return
    orders = passages_on(entry, aspect)
    if not orders:
        _elsewhere(talk, entry, text, facts)
        return
    talk.update(aspect=aspect.name, start=orders[0], latest=text)
    talk.proceed(entry, orders[0])


def _situation(talk: Consultation, entry: Entry, text: str, facts: Facets) -> bool:
    """Answer again for another situation; false where the entry does not tell it apart."""
    title = demanded(entry.title)
    if any(facet in title and not values & title[facet] for facet, values in facts.items()):
        return False
    decided = talk.reconsider(entry, text)
    if not decided or talk.subject is None:
        return False
    talk.hear(text)
    talk.update(latest=text, facts={**talk.subject.facts, **packed(passing(facts))})
    start = talk.subject.start
    if not _on_the_way(talk, entry, start, decided):
        start = talk.best(entry, [order for address in decided for order in passages_under(entry, address)] or [start])
    talk.update(start=start)
    talk.proceed(entry, start)
    return True


def _on_the_way(talk: Consultation, entry: Entry, start: int, decided: Sequence[Address]) -> bool:
    """Whether one of the ``decided`` cases belongs to a fork that is met from passage ``start`` on, or that is being asked."""
    place = located_passages(entry)[start][1]
    following = fork_after(entry, place)
    met = {step.fork.address for step in steps_to(entry, place)} | ({following.address} if following else set())
    asked = talk.subject.asked if talk.subject else None
    return any(address[:-1] in met or written(address[:-1]) == asked for address in decided)


def _elsewhere(talk: Consultation, entry: Entry, text: str, facts: Facets) -> None:
    """What this entry does not say, a neighbour may: the one for this very situation, or several to choose from."""
    query = f"{entry.title} {text}"
    found = talk.search(query, _LIMIT)
    near = [hit for hit in found.hits or found.rejected if hit.entry_id != entry.id]
    fitting = [hit for hit in near if _meant_for(hit, facts)]
    chosen = fitting[0] if fitting else found.hits[0] if found.decision == "answered" and found.hits else None
    other = talk.retriever.entry(chosen.entry_id, chosen.collection) if chosen else None
    talk.hear(text)
    if chosen and other and other.id != entry.id:
        talk.open(other, chosen.passage, query, confidence=found.confidence, others=near)
        return
    options = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in near[:3]]
    talk.speaker.not_on_page(entry, options, snapshot=found.snapshot)


def _meant_for(hit: Hit, facts: Facets) -> bool:
    title = demanded(hit.title)
    return any(facet in title and values <= title[facet] for facet, values in facts.items())


def _explain(talk: Consultation, entry: Entry) -> None:
    """The page in few words, and its chapters as buttons."""
    snapshot = talk.retriever.status().snapshot
    points: dict[str, int] = {}
    for passage in passages(entry):
        name = (*passage.headings, *passage.cases)[:1]
        if name:
            points.setdefault(name[0], passage.order)
    talk.update(asked=None)
    options = [entry_option(name, entry.id, order) for name, order in list(points.items())[:_POINTS]]
    talk.speaker.explain(entry, plain_card(entry, snapshot), options, language=talk.language)


def _more(talk: Consultation, entry: Entry) -> None:
    """The rest of the passage shown last, else the next one that applies, else the address of the page."""
    subject = talk.subject
    found = passages(entry)
    snapshot = talk.retriever.status().snapshot
    shown = subject.shown if subject and subject.shown is not None and subject.shown < len(found) else 0
    if subject and 0 < subject.seen < len(found[shown].markdown.strip()):
        card = rest_card(entry, shown, subject.seen, snapshot)
        talk.update(seen=subject.seen + len(card.block.body))
        talk.show(entry, card)
        return
    for order in range(shown + 1, len(found)):
        if talk.leads_to(entry, order):
            talk.update(start=order, aspect="")
            talk.proceed(entry, order)
            return
    talk.speaker.no_more(entry, snapshot=snapshot)
