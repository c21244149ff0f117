"""Pages to choose from: which of these is meant?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from actions.cases.dialogue_state import Subject, packed
from actions.replies.cards import entry_option
from actions.replies.labels import labels_for
from actions.replies.mini_cards import mini_card
from actions.replies.page_parts import page_question
from actions.session.answering_session import AnsweringSession
from actions.situation.reading import passing, said
from core.decision_trace import note
from core.entry import Entry, passages
from core.turns import Option
from retrieval.contracts import Hit, Retriever
from retrieval.lexical.analysis import fold

CHOICES = 4  # themes offered
MINI_CARDS = 3
# Pages offered, by channel: the first ones as mini cards on the website; by SMS the first alone has an extract.
MOST_PAGES, MOST_PAGES_PAID = 6, 3


@dataclass(frozen=True)
class _Candidate:
    """A page found. It is read only where its title is another's, too: to read those of a choice takes a millisecond."""

    id: str
    collection: str
    title: str
    passage: int
    retriever: Retriever

    @cached_property
    def entry(self) -> Entry:
        entry = self.retriever.entry(self.id, self.collection)
        if entry is None:
            raise LookupError("another snapshot became active in between")  # the worker tries the turn again
        return entry

    @property
    def theme(self) -> tuple[str, ...]:
        return self.entry.theme

    @property
    def audiences(self) -> tuple[str, ...]:
        return self.entry.audiences

    @cached_property
    def length(self) -> int:
        """Characters."""
        return sum(len(passage.markdown) for passage in passages(self.entry))


def offer(session: AnsweringSession, hits: Sequence[Hit], query: str, *, snapshot: str, confidence: float) -> None:
    """Ask which of the entries in ``hits`` (the first ones) is meant."""
    pages = [_Candidate(hit.entry_id, hit.collection, hit.title, hit.passage, session.retriever) for hit in hits]
    _choose_among(session, _without_doubles(pages), query, snapshot, confidence)


def offer_again(session: AnsweringSession) -> bool:
    """Offer the entries again that this subject was picked from; false where there were none."""
    offered = session.subject.offered if session.subject else ()
    entries = [entry for one in offered if (entry := session.retriever.entry(one, session.collection))]
    if not entries or not session.subject:
        return False
    pages = [_Candidate(entry.id, entry.collection, entry.title, 0, session.retriever) for entry in entries]
    _choose_among(session, pages, session.subject.query, session.retriever.status().snapshot, None)
    return True


def _without_doubles(pages: Sequence[_Candidate]) -> list[_Candidate]:
    """Returns the ``pages`` to offer: of those with one title, theme and audience, the one that says the most."""
    titles = [fold(page.title) for page in pages]
    kept: dict[tuple[object, ...], int] = {}
    for number, (page, title) in enumerate(zip(pages, titles, strict=True)):
        same = (title, page.theme, page.audiences) if titles.count(title) > 1 else (title,)
        known = kept.setdefault(same, number)
        if known != number and page.length > pages[known].length:
            kept[same] = number
    return [pages[number] for number in sorted(kept.values())]


def _choose_among(
    session: AnsweringSession, pages: Sequence[_Candidate], query: str, snapshot: str, confidence: float | None
) -> None:
    pages = pages[: MOST_PAGES_PAID if session.style.pays_by_segment else MOST_PAGES]
    labels = labels_for(pages)
    session.subject = Subject(entry="", query=query, offered=tuple(page.id for page in pages))
    options = [entry_option(label, page.id, page.passage) for label, page in zip(labels, pages, strict=True)]
    with_extracts = 1 if session.style.pays_by_segment else MINI_CARDS
    note("offered", pages=len(pages), extracts=min(len(pages), with_extracts))
    cards = [
        with_extract(session, option, page.entry, query, snapshot) if number < with_extracts else option
        for number, (option, page) in enumerate(zip(options, pages, strict=True))
    ]
    session.replies.choose(cards, snapshot=snapshot, confidence=confidence)


def with_extract(session: AnsweringSession, option: Option, entry: Entry, query: str, snapshot: str) -> Option:
    """Returns ``option``, a button of ``entry``, with what of the page would answer ``query``."""
    subject = Subject(entry=entry.id, collection=entry.collection, query=query, facts=packed(passing(said(query))))
    best = partial(session.retriever.best_passage, entry, query)
    asked = page_question(session.retriever, entry, subject, session.situation, partial(session.case, subject), best)
    return mini_card(option, best(), snapshot, session.style, asked)
