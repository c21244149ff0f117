"""Pages to choose from: which of these is meant?"""

from __future__ import annotations

from collections.abc import Sequence

from actions.cards import entry_option
from actions.consultation import Consultation
from actions.hubs import without_doubles
from actions.labels import labels_for
from actions.subject import Subject
from core.entry import Entry
from retrieval.contracts import Hit

CHOICES = 4


def offer(talk: Consultation, hits: Sequence[Hit], query: str, *, snapshot: str, confidence: float) -> None:
    """Ask which of the entries in ``hits`` (the first ones) is meant."""
    known = [(hit, entry) for hit in hits if (entry := talk.retriever.entry(hit.entry_id, hit.collection))]
    found = [known[number] for number in without_doubles([entry for _, entry in known])][:CHOICES]
    _choose_among(talk, [entry for _, entry in found], [hit.passage for hit, _ in found], query, snapshot, confidence)


def offer_again(talk: Consultation) -> bool:
    """Offer the entries again that this subject was picked from; false where there were none."""
    offered = talk.subject.offered if talk.subject else ()
    entries = [entry for one in offered if (entry := talk.retriever.entry(one, talk.collection))]
    if not entries or not talk.subject:
        return False
    _choose_among(talk, entries, [0] * len(entries), talk.subject.query, talk.retriever.status().snapshot, None)
    return True


def _choose_among(
    talk: Consultation, entries: Sequence[Entry], places: Sequence[int], query: str, snapshot: str, confidence: float | None
) -> None:
    common, labels = labels_for(entries)
    told = zip(labels, entries, places, strict=True)
    options = [entry_option(label, entry.id, passage) for label, entry, passage in told]
    talk.subject = Subject(entry="", query=query, offered=tuple(entry.id for entry in entries))
    talk.speaker.choose(options, common=common, snapshot=snapshot, confidence=confidence)
