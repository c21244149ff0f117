"""From a message to pages: what answers it, what to choose among, or the question what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from actions.cards import Card, answer_card, entry_option, theme_option, whole_fork_card
from actions.consultation import Consultation
from actions.dossiers import dossiers
from actions.follow_up import is_short
from actions.guide import guide
from actions.hubs import detail, in_chapter
from actions.labels import is_vague
from actions.offering import CHOICES, offer
from actions.questions_in import quoted
from actions.replies.fork_card import fork_card
from actions.subject import Subject
from actions.twins import are_twins, meant
from core.decision_trace import note
from core.entry import Entry
from core.turns import Option
from retrieval.contracts import Hit, RetrievalResult
from retrieval.lexical.analysis import terms

NEAREST = 3  # titles shown with an honest no


def look_up(talk: Consultation, query: str, limit: int) -> None:
    """Look ``query`` up: show the page that answers, offer those that may, or say honestly that there is none.

    A page that was found is never refused by the model of what is an administration's business.
    """
    found = talk.search(query, limit)
    nearest = found.hits or found.rejected
    understood = found.understood or query
    bare = _is_bare_subject(found, understood, nearest)
    note("bare_subject", yes=bare)
    if bare:
        if len(names := dossiers(talk, understood)) > 1:
            note("dossiers", names=", ".join(names))
            talk.subject = Subject(entry="", query=query)
            options = [theme_option(name) for name in names]
            talk.speaker.choose_dossier(options, snapshot=found.snapshot, confidence=found.confidence)
        else:
            offer(talk, nearest, query, snapshot=found.snapshot, confidence=found.confidence)
    elif found.decision == "answered":
        note("sure")
        best = found.hits[0]
        entry = talk.retriever.entry(best.entry_id, best.collection)
        if entry is None or entry.version != best.version:
            raise LookupError("another snapshot became active in between")  # the worker tries the turn again
        talk.open(
            entry,
            in_chapter(talk.retriever, entry, best.passage, query),
            query,
            confidence=found.confidence,
            others=found.hits[1:],
        )
    elif found.scope == "fragment":
        note("fragment")
        clarify(talk, query, nearest, snapshot=found.snapshot, confidence=found.confidence)
    elif found.hits:
        note("likely")
        if not _answer_from_twin(talk, found, query):
            offer(talk, found.hits, query, snapshot=found.snapshot, confidence=found.confidence)
    elif found.scope == "outside":
        note("outside")
        talk.speaker.out_of_scope(snapshot=found.snapshot, confidence=found.confidence)
    else:
        note("nothing_found")
        # By SMS an honest no is one segment.
        near = () if talk.style.pays_by_segment or found.unknown else nearest[:NEAREST]
        titles = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in near]
        talk.speaker.no_answer(titles, snapshot=found.snapshot, confidence=found.confidence)


def _is_bare_subject(found: RetrievalResult, understood: str, nearest: Sequence[Hit]) -> bool:
    """Decides whether the message only names a subject ("carte"), however sure of a page the search is.

    Two words with a sure answer are more than that. What counts is the question as it was understood: "je me suis fait virer"
    comes down to "licenciement".
    """
    if found.decision == "answered" and len(set(terms(understood))) > 1:
        return False
    return is_vague(understood, [hit.title for hit in nearest])


def _answer_from_twin(talk: Consultation, found: RetrievalResult, query: str) -> bool:
    """Where two pages come first that differ by the situation: the one that fits, and the other for whoever it is not.

    False where they are no twins.
    """
    if len(found.hits) < 2:
        return False
    pair = found.hits[:2]
    titles = (pair[0].title, pair[1].title)
    if not are_twins(*titles):
        return False
    entries = [entry for hit in pair if (entry := talk.retriever.entry(hit.entry_id, hit.collection))]
    if len(entries) < 2:
        return False
    number = meant(titles, talk.situation.facts_for(query))
    note("twins", shown=titles[number], other=titles[1 - number])
    entry, other = entries[number], entries[1 - number]
    start = pair[number].passage
    talk.subject = Subject(
        entry=entry.id, collection=entry.collection, query=query, start=start, offered=tuple(one.id for one in entries)
    )
    card = _card_for(talk, entry, talk.subject, start)
    option = entry_option(other.title, other.id, pair[1 - number].passage)
    talk.speaker.answer_or_twin(entry, card, option, language=talk.language, confidence=found.confidence)
    return True


def answer_both(talk: Consultation, questions: Sequence[str]) -> bool:
    """Two questions in one message: a card for each, side by side; false where one of them has no answer of its own.

    The second one may go on about the page of the first.
    """
    cards: list[tuple[Entry, Subject, Card]] = []
    for question in questions:
        start = detail(cards[0][0], question) if cards else None
        if start is not None:
            entry = cards[0][0]
        else:
            found = talk.search(question, CHOICES)
            known = talk.retriever.entry(found.hits[0].entry_id, found.hits[0].collection) if found.hits else None
            if known is None or (cards and known.id == cards[0][0].id):
                note("one_question")
                return False
            entry, start = known, found.hits[0].passage
        subject = Subject(entry=entry.id, collection=entry.collection, query=question, start=start)
        cards.append((entry, subject, _card_for(talk, entry, subject, start)))
    talk.subject = cards[0][1]
    for number, (entry, subject, card) in enumerate(cards):
        talk.speaker.answer_part(entry, card, quoted(subject.query), first=number == 0, language=talk.language)
    return True


def _card_for(talk: Consultation, entry: Entry, subject: Subject, start: int) -> Card:
    """A card without asking: what applies as far as it is known, else the cases side by side."""
    snapshot = talk.retriever.status().snapshot
    worth = partial(talk.retriever.sentence_worth, entry, subject.query)
    found = guide(entry, start, lambda fork: talk.case(subject, fork), lambda some: talk.best(entry, some))
    if found.passage is None and found.asked is not None:
        card = fork_card(entry, found.asked, None, start, snapshot, talk.style, worth).card
        return card or whole_fork_card(entry, found.asked, snapshot, start, talk.style)
    return answer_card(entry, found.passage or 0, snapshot, talk.style, worth=worth)


def clarify(talk: Consultation, query: str, hits: Sequence[Hit], *, snapshot: str, confidence: float) -> None:
    """``query`` does not say what it is about: the entry that is talked about or those offered, or else that is asked.

    The themes of ``hits`` are offered besides.
    """
    subject = talk.subject
    entry = talk.retriever.entry(subject.entry, talk.collection) if subject and subject.entry else None
    if entry is not None:
        talk.open(entry, talk.retriever.best_passage(entry, query), query)
        return
    if subject and subject.offered and subject.query:  # pages wait to be chosen from: it is about them
        found = talk.search(f"{subject.query} {query}", CHOICES)
        if found.hits:
            offer(talk, found.hits, f"{subject.query} {query}", snapshot=found.snapshot, confidence=found.confidence)
            return
    talk.subject = Subject(entry="", query=query)
    talk.speaker.clarify(themes(talk, hits), snapshot=snapshot, confidence=confidence)


def completed(talk: Consultation, text: str) -> str:
    """``text``, with the fragment before it where that was answered by the question what it is about."""
    subject = talk.subject
    asked = subject is not None and not subject.entry and not subject.offered and subject.query
    return f"{text} {asked}" if asked and is_short(text) else text


def themes(talk: Consultation, hits: Sequence[Hit]) -> list[Option]:
    """The widest themes of the entries in ``hits``, in order, the first few."""
    entries = [entry for hit in hits if (entry := talk.retriever.entry(hit.entry_id, hit.collection))]
    names = dict.fromkeys(entry.theme[0] for entry in entries if entry.theme)
    return [theme_option(name) for name in list(names)[:CHOICES]]
