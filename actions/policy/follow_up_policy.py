"""Going on about the subject: a follow-up is answered from the entry talked about, or from its nearest neighbour."""

from __future__ import annotations

from collections.abc import Sequence

from actions.cases.case_tree import fork_after, passages_under, steps_to, written
from actions.cases.dialogue_state import Subject, packed
from actions.messages.aspects import Aspect, aspects, passages_on
from actions.messages.follow_up_classifier import follow_up_features, is_follow_up
from actions.messages.follow_up_parser import FollowUp, Kind, follow_up, is_short, pattern
from actions.messages.plain_words import plain
from actions.replies.cards import entry_option, plain_card
from actions.replies.style import PAGES
from actions.session.answering_session import AnsweringSession
from actions.session.repeat_detection import left_to_read
from actions.situation.matching import borne_out, picked
from actions.situation.reading import Facets, demanded, passing, said
from core.entry import Address, Entry, located_passages, passages
from retrieval.contracts import Hit, RetrievalResult
from retrieval.lexical.analysis import terms

_POINTS = 4
_AGREEING = 3  # pages found that are about what a message names
_KIN = 0.5  # two pages whose titles share this much are about the same matter


def go_on(session: AnsweringSession, text: str) -> bool:
    """Answer ``text`` as a follow-up; false where it begins a subject of its own."""
    subject = session.subject
    entry = session.retriever.entry(subject.entry, session.collection) if subject and subject.entry else None
    if entry is None:
        return subject is not None and not subject.entry and _among_offered(session, subject, text)
    found = follow_up(text, entry)
    if found.rest or found.kind is None or (found.named and not found.linked):
        return _perhaps(session, entry, text, found)
    match found.kind:
        case Kind.EXPLAIN:
            explain(session, entry)
        case Kind.MORE:
            _more(session, entry)
        case Kind.ASPECT if found.aspect:
            _aspect(session, entry, text, found.aspect, found.facts)
        case Kind.SITUATION:
            if not (_situation(session, entry, text, found.facts) or _spoken_of(session, entry, text, found.facts)):
                _elsewhere(session, entry, text, found.facts, same=True)
        case _:
            return False
    return True


def _among_offered(session: AnsweringSession, subject: Subject, text: str) -> bool:
    """Several pages were offered: ``text`` may name one of them, or tell more of the same question."""
    offered = (entry for one in subject.offered if (entry := session.retriever.entry(one, session.collection)))
    first = next(offered, None)
    if first is None:
        return False
    told = follow_up(text, first)
    if not told.rest and _for_others(first, told.facts) and _fitting(first, _near(session, first, text)[1], told.facts):
        _elsewhere(session, first, text, told.facts, same=True)  # "et si on me l'a volé ?": first comes a page about a loss
        return True
    entries = [first]
    query = f"{subject.query} {text}"
    named = None
    if is_short(text):
        entries.extend(offered)
        named = picked([entry.title for entry in entries], text)
    if named is None:
        if _begins_anew(session, first, text):  # mostly: the others are not read for it
            return False
        entries.extend(offered)
        facts = said(text)
        fitting = [number for number, entry in enumerate(entries) if facts and borne_out(demanded(entry.title), facts)]
        named = fitting[0] if fitting else None
    session.hear(text)
    if named is not None:
        session.open(entries[named], session.retriever.best_passage(entries[named], query), query)
        return True
    alike = session.search(query, PAGES)
    # Who asks on without choosing means the page that fits best.
    best = next((entry for entry in entries if alike.hits and entry.id == alike.hits[0].entry_id), entries[0])
    if _for_others(best, facts := said(text)):  # only an adult's page was offered, and it is for a son of twelve
        _elsewhere(session, best, text, facts, same=True)
        return True
    aspect = follow_up(text, best).aspect
    start = session.retriever.best_passage(best, text)
    session.open(best, start, query, confidence=alike.confidence, others=alike.hits, aspect=aspect)
    return True


def _begins_anew(session: AnsweringSession, entry: Entry, text: str) -> bool:
    """Decides whether ``text`` names a subject of its own, and not ``entry``'s."""
    found = follow_up(text, entry)
    return bool(found.rest or found.kind is None) and not _hangs_on(session, entry, text, found)


def _perhaps(session: AnsweringSession, entry: Entry, text: str, found: FollowUp) -> bool:
    """``text`` names something: a detail of the entry, or another subject?"""
    alone = _hangs_on(session, entry, text, found)
    if alone is None:
        return False
    session.hear(text)
    session.open(entry, session.retriever.best_passage(entry, text), text, others=alone.hits)
    return True


def _hangs_on(session: AnsweringSession, entry: Entry, text: str, found: FollowUp) -> RetrievalResult | None:
    """Returns what is found for ``text`` alone, or ``None`` where this, and how it is worded, speaks for another subject."""
    alone = session.search(text, PAGES)
    if pattern("same_for").match(plain(text)) and any(found.rest == set(terms(hit.title)) for hit in alone.hits):
        return None  # "et pour un passeport ?": a page has this name, and nothing else in its title
    if alone.unknown or names_another(text, found, alone):  # "asdfgh" means none of the pages that were offered
        return None

    def with_page() -> float:
        confidence = session.search(f"{entry.title} {text}", PAGES).confidence
        session.language = alone.language  # the page's title says nothing of the message's
        return confidence

    told = follow_up_features(text, entry, found, alone, session.retriever.spoken(entry, found.rest))
    return alone if is_follow_up(told, alone.decision, with_page) else None


def names_another(text: str, found: FollowUp, alone: RetrievalResult) -> bool:
    """Whether ``text`` names a subject of its own: no word of it refers back, it has a sure answer, and it says what all pages
    found are about.

    "Passeport pour bébé" does not go on about a lost identity card, although a heading of that page has the word.
    """
    folded = plain(text)
    # "C'est la tva", said of a letter that might be about other taxes: what is only named is not answered for sure.
    presented = pattern("presents").match(folded)
    if presented:
        folded = folded[presented.end() :]
    elif alone.decision != "answered":
        return False
    if found.kind is not None or found.linked or found.named or not found.rest:
        return False
    if pattern("stands_in").search(folded) or pattern("points").search(folded) or pattern("turns").match(folded):
        return False
    return all(found.rest <= set(terms(hit.title)) for hit in alone.hits[:_AGREEING])


def _aspect(session: AnsweringSession, entry: Entry, text: str, aspect: Aspect, facts: Facets) -> None:
    orders = passages_on(entry, aspect)
    if orders:
        session.update(aspect=aspect.name, start=orders[0])
    if facts and _situation(session, entry, text, facts):
        return
    if not orders:
        _elsewhere(session, entry, text, facts)
        return
    session.update(latest=text)
    session.proceed(entry, orders[0], named=True)


def _situation(session: AnsweringSession, entry: Entry, text: str, facts: Facets) -> bool:
    """Answer again for another situation; false where the entry does not tell it apart."""
    if _for_others(entry, facts):
        return False
    decided = session.reconsider(entry, text)
    chapters = (
        [] if decided else [one.order for one in passages(entry) if any(borne_out(demanded(h), facts) for h in one.headings)]
    )
    if session.subject is None or not (decided or chapters):
        return False
    session.hear(text)
    session.update(latest=text, facts={**session.subject.facts, **packed(passing(facts))})
    start = session.subject.start
    inside = [order for address in decided for order in passages_under(entry, address)]
    if chapters:
        start = session.best(entry, chapters)
    elif (best := session.retriever.best_passage(entry, text)) in inside:  # "où la demander à Paris ?" asks for the place, too
        start = best
    elif not _on_the_way(session, entry, start, decided):
        start = session.best(entry, inside or [start])
    session.update(start=start)
    session.proceed(entry, start)
    return True


def _for_others(entry: Entry, facts: Facets) -> bool:
    """Decides whether the title of ``entry`` speaks of another situation than ``facts``."""
    title = demanded(entry.title)
    return any(facet in title and not values & title[facet] for facet, values in facts.items())


def _spoken_of(session: AnsweringSession, entry: Entry, text: str, facts: Facets) -> bool:
    """Answer from where ``entry`` speaks of this situation, though no case and no heading tells it apart; false if nowhere."""
    if _for_others(entry, facts) or not session.retriever.spoken(entry, set(terms(text))):
        return False
    session.hear(text)
    session.open(entry, session.retriever.best_passage(entry, text), text)
    return True


def _on_the_way(session: AnsweringSession, entry: Entry, start: int, decided: Sequence[Address]) -> bool:
    """Whether one of the ``decided`` cases belongs to a fork that is met from passage ``start`` on, or that is being asked."""
    place = located_passages(entry)[start][1]
    following = fork_after(entry, place)
    met = {step.fork.address for step in steps_to(entry, place)} | ({following.address} if following else set())
    asked = session.subject.asked if session.subject else None
    return any(address[:-1] in met or written(address[:-1]) == asked for address in decided)


def _elsewhere(session: AnsweringSession, entry: Entry, text: str, facts: Facets, *, same: bool = False) -> None:
    """What this entry does not say, a neighbour may: the one for this very situation, or several to choose from.

    ``same``: only the situation is another ("et pour mon fils de 12 ans ?"), and what was asked before is still asked.
    """
    found, near = _near(session, entry, text)
    chosen = _fitting(entry, near, facts)
    other = session.retriever.entry(chosen.entry_id, chosen.collection) if chosen else None
    session.hear(text)
    if chosen and other:
        query, start, aspect = f"{entry.title} {text}", chosen.passage, None
        if same and session.subject and session.subject.query:
            query = f"{session.subject.query} {text}"
            start, aspect = session.retriever.best_passage(other, session.subject.query), aspects().get(session.subject.aspect)
        session.open(other, start, query, confidence=found.confidence, others=near, aspect=aspect)
        return
    options = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in near[:3]]
    session.replies.not_on_page(entry, options, snapshot=found.snapshot)


def _near(session: AnsweringSession, entry: Entry, text: str) -> tuple[RetrievalResult, list[Hit]]:
    """Returns what is found for ``text`` behind the title of ``entry``, and the other entries of it, best first."""
    found = session.search(f"{entry.title} {text}", PAGES)
    return found, [hit for hit in found.hits or found.rejected if hit.entry_id != entry.id]


def _fitting(entry: Entry, near: Sequence[Hit], facts: Facets) -> Hit | None:
    """Of ``near`` entries the closest to ``entry`` that is meant for the situation ``facts``, if any is close."""
    # A cost or a place is every page's own: a neighbour is answered from only if it is meant for another situation.
    fitting = [hit for hit in near if facts and borne_out(demanded(hit.title), facts)]
    closest = max(fitting, key=lambda hit: _kinship(hit.title, entry.title), default=None)
    return closest if closest and _kinship(closest.title, entry.title) >= _KIN else None


def _kinship(title: str, other: str) -> float:
    """Returns the share (0 to 1) of the shorter title's terms that both have."""
    first, second = set(terms(title)), set(terms(other))
    return len(first & second) / max(1, min(len(first), len(second)))


def explain(session: AnsweringSession, entry: Entry) -> None:
    """The page in few words, and its chapters as buttons."""
    snapshot = session.retriever.status().snapshot
    points: dict[str, int] = {}
    for passage in passages(entry):
        name = (*passage.headings, *passage.cases)[:1]
        if name:
            points.setdefault(name[0], passage.order)
    session.update(asked=None)
    options = [entry_option(name, entry.id, order) for name, order in list(points.items())[:_POINTS]]
    session.replies.explain(entry, plain_card(entry, snapshot, session.style), options, language=session.language)


def _more(session: AnsweringSession, entry: Entry) -> None:
    """The rest of the passage shown last, else the next one that applies, else the address of the page."""
    subject = session.subject
    found = passages(entry)
    snapshot = session.retriever.status().snapshot
    shown = subject.shown if subject and subject.shown is not None and subject.shown < len(found) else 0
    if subject and subject.pieces and left_to_read(entry, shown, subject.pieces):
        session.show_rest(entry, shown)
        return
    for order in range(shown + 1, len(found)):
        if session.leads_to(entry, order):
            session.update(start=order, aspect="")
            session.proceed(entry, order)
            return
    session.replies.no_more(entry, snapshot=snapshot)
