"""From a message to pages: what answers it, what to choose among, or the question what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from actions.cases.case_resolution import guide
from actions.cases.dialogue_state import Subject
from actions.messages.follow_up_parser import is_short
from actions.messages.several_questions import quoted
from actions.policy.topic_disambiguation import dossiers
from actions.replies.audience_variants import are_twins, meant
from actions.replies.cards import Card, answer_card, entry_option, theme_option, whole_fork_card
from actions.replies.fork_card import fork_card
from actions.replies.labels import is_vague
from actions.replies.navigation_pages import detail, in_chapter
from actions.session.answering_session import AnsweringSession
from actions.session.choice_list import CHOICES, offer
from core.decision_trace import note
from core.entry import Entry
from core.turns import Option
from retrieval.contracts import Hit, RetrievalResult
from retrieval.lexical.analysis import terms

NEAREST = 3  # titles shown with an honest no


def look_up(session: AnsweringSession, query: str, limit: int) -> None:
    """Look ``query`` up: show the page that answers, offer those that may, or say honestly that there is none.

    A page that was found is never refused by the model of what is an administration's business.
    """
    found = session.search(query, limit)
    nearest = found.hits or found.rejected
    understood = found.understood or query
    bare = _is_bare_subject(found, understood, nearest)
    note("bare_subject", yes=bare)
    if bare:
        if len(names := dossiers(session, understood)) > 1:
            note("dossiers", names=", ".join(names))
            session.subject = Subject(entry="", query=query)
            options = [theme_option(name) for name in names]
            session.replies.choose_dossier(options, snapshot=found.snapshot, confidence=found.confidence)
        else:
            offer(session, nearest, query, snapshot=found.snapshot, confidence=found.confidence)
    elif found.decision == "answered":
        note("sure")
        best = found.hits[0]
        entry = session.retriever.entry(best.entry_id, best.collection)
        if entry is None or entry.version != best.version:
            raise LookupError("another snapshot became active in between")  # the worker tries the turn again
        session.open(
            entry,
            in_chapter(session.retriever, entry, best.passage, query),
            query,
            confidence=found.confidence,
            others=found.hits[1:],
        )
    elif found.scope == "fragment":
        note("fragment")
        clarify(session, query, nearest, snapshot=found.snapshot, confidence=found.confidence)
    elif found.hits:
        note("likely")
        if not _answer_from_twin(session, found, query):
            offer(session, found.hits, query, snapshot=found.snapshot, confidence=found.confidence)
    elif found.scope == "outside":
        note("outside")
        session.replies.out_of_scope(snapshot=found.snapshot, confidence=found.confidence)
    else:
        note("nothing_found")
        # By SMS an honest no is one segment.
        near = () if session.style.pays_by_segment or found.unknown else nearest[:NEAREST]
        titles = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in near]
        session.replies.no_answer(titles, snapshot=found.snapshot, confidence=found.confidence)


def _is_bare_subject(found: RetrievalResult, understood: str, nearest: Sequence[Hit]) -> bool:
    """Decides whether the message only names a subject ("carte"), however sure of a page the search is.

    Two words with a sure answer are more than that. What counts is the question as it was understood: "je me suis fait virer"
    comes down to "licenciement".
    """
    if found.decision == "answered" and len(set(terms(understood))) > 1:
        return False
    return is_vague(understood, [hit.title for hit in nearest])


def _answer_from_twin(session: AnsweringSession, found: RetrievalResult, query: str) -> bool:
    """Returns where two pages come first that differ by the situation: the one that fits, and the other for whoever it is not.

    False where they are no twins.
    """
    if len(found.hits) < 2:
        return False
    pair = found.hits[:2]
    titles = (pair[0].title, pair[1].title)
    if not are_twins(*titles):
        return False
    entries = [entry for hit in pair if (entry := session.retriever.entry(hit.entry_id, hit.collection))]
    if len(entries) < 2:
        return False
    number = meant(titles, session.situation.facts_for(query))
    note("twins", shown=titles[number], other=titles[1 - number])
    entry, other = entries[number], entries[1 - number]
    start = pair[number].passage
    session.subject = Subject(
        entry=entry.id, collection=entry.collection, query=query, start=start, offered=tuple(one.id for one in entries)
    )
    card = _card_for(session, entry, session.subject, start)
    option = entry_option(other.title, other.id, pair[1 - number].passage)
    session.replies.answer_or_twin(entry, card, option, language=session.language, confidence=found.confidence)
    return True


def answer_both(session: AnsweringSession, questions: Sequence[str]) -> bool:
    """Two questions in one message: a card for each, side by side; false where one of them has no answer of its own.

    The second one may go on about the page of the first.
    """
    cards: list[tuple[Entry, Subject, Card]] = []
    for question in questions:
        start = detail(cards[0][0], question) if cards else None
        if start is not None:
            entry = cards[0][0]
        else:
            found = session.search(question, CHOICES)
            known = session.retriever.entry(found.hits[0].entry_id, found.hits[0].collection) if found.hits else None
            if known is None or (cards and known.id == cards[0][0].id):
                note("one_question")
                return False
            entry, start = known, found.hits[0].passage
        subject = Subject(entry=entry.id, collection=entry.collection, query=question, start=start)
        cards.append((entry, subject, _card_for(session, entry, subject, start)))
    session.subject = cards[0][1]
    for number, (entry, subject, card) in enumerate(cards):
        session.replies.answer_part(entry, card, quoted(subject.query), first=number == 0, language=session.language)
    return True


def _card_for(session: AnsweringSession, entry: Entry, subject: Subject, start: int) -> Card:
    """Returns a card without asking: what applies as far as it is known, else the cases side by side."""
    snapshot = session.retriever.status().snapshot
    worth = partial(session.retriever.sentence_worth, entry, subject.query)
    found = guide(entry, start, lambda fork: session.case(subject, fork), lambda some: session.best(entry, some))
    if found.passage is None and found.asked is not None:
        card = fork_card(entry, found.asked, None, start, snapshot, session.style, worth).card
        return card or whole_fork_card(entry, found.asked, snapshot, start, session.style)
    return answer_card(entry, found.passage or 0, snapshot, session.style, worth=worth)


def clarify(session: AnsweringSession, query: str, hits: Sequence[Hit], *, snapshot: str, confidence: float) -> None:
    """``query`` does not say what it is about: the entry that is talked about or those offered, or else that is asked.

    The themes of ``hits`` are offered besides.
    """
    subject = session.subject
    entry = session.retriever.entry(subject.entry, session.collection) if subject and subject.entry else None
    if entry is not None:
        session.open(entry, session.retriever.best_passage(entry, query), query)
        return
    if subject and subject.offered and subject.query:  # pages wait to be chosen from: it is about them
        found = session.search(f"{subject.query} {query}", CHOICES)
        if found.hits:
            offer(session, found.hits, f"{subject.query} {query}", snapshot=found.snapshot, confidence=found.confidence)
            return
    session.subject = Subject(entry="", query=query)
    session.replies.clarify(themes(session, hits), snapshot=snapshot, confidence=confidence)


def completed(session: AnsweringSession, text: str) -> str:
    """``text``, with the fragment before it where that was answered by the question what it is about."""
    subject = session.subject
    asked = subject is not None and not subject.entry and not subject.offered and subject.query
    return f"{text} {asked}" if asked and is_short(text) else text


def themes(session: AnsweringSession, hits: Sequence[Hit]) -> list[Option]:
    """Returns the widest themes of the entries in ``hits``, in order, the first few."""
    entries = [entry for hit in hits if (entry := session.retriever.entry(hit.entry_id, hit.collection))]
    names = dict.fromkeys(entry.theme[0] for entry in entries if entry.theme)
    return [theme_option(name) for name in list(names)[:CHOICES]]
