"""A knowledge base of three entries, and a retriever that does as its query says."""

from __future__ import annotations

from datetime import date

from core.entry import Case, Cases, Chapter, Entry, Link, TextBlock
from retrieval.contracts import Hit, RetrievalResult, Status

SNAPSHOT = "20260101T000000-test"

LOST_CARD = Entry(
    id="T1",
    collection="test",
    version=3,
    title="Carte d'identité perdue : que faire ?",
    introduction="Déclarez la perte en mairie, puis demandez une nouvelle carte.",
    body=(
        Chapter(heading="Coût", body=(TextBlock(markdown="Le renouvellement après une perte coûte 25 € de timbre fiscal."),)),
        Cases(question="Votre situation", cases=(Case(label="Vous êtes mineur", body=(TextBlock(markdown="Venez à deux."),)),)),
    ),
    source="demonstration",
    urls={"": "https://exemple.fr/T1"},
    verified_on=date(2019, 3, 5),
    related=(Link(title="Vol de papiers", entry="T2"), Link(title="Page absente", entry="T404")),
    services=(Link(title="Achat de timbre", url="https://exemple.fr/timbre"),),
)
LONG = Entry(
    id="T2",
    collection="test",
    title="Vol de papiers",
    introduction="\n\n".join(f"Paragraphe {number} : " + "mot " * 60 for number in range(10)),
    source="demonstration",
    urls={"": "https://exemple.fr/T2"},
    verified_on=date(2999, 1, 1),
)
UNDATED = Entry(id="T3", collection="test", title="Passeport", description="Le passeport.", source="demonstration")
ENTRIES = {entry.id: entry for entry in (LOST_CARD, LONG, UNDATED)}


def hit(entry: Entry, score: float, passage: int = 0) -> Hit:
    return Hit(
        entry_id=entry.id, collection=entry.collection, version=entry.version, title=entry.title, score=score, passage=passage
    )


class FakeKnowledge:
    """``choix`` in the query gives choices, ``introuvable`` no answer, ``panne`` an error, all else entry T1; with ``lost`` in
    it, it is in English.

    ``asked`` holds each search's query and options.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None]] = []

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        self.asked.append((query, locale, collection))
        if "panne" in query:
            raise RuntimeError("the index is gone")
        if "introuvable" in query:
            return RetrievalResult(rejected=(hit(UNDATED, 0.1),), confidence=0.05, decision="no_answer", snapshot=SNAPSHOT)
        hits = (hit(LOST_CARD, 2.0, 1), hit(LONG, 1.9), hit(UNDATED, 1.8))
        decision = "choices" if "choix" in query else "answered"
        language = "en" if "lost" in query else "fr"
        return RetrievalResult(hits=hits, confidence=0.75, decision=decision, snapshot=SNAPSHOT, language=language)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return ENTRIES.get(entry_id)

    def status(self) -> Status:
        return Status(snapshot=SNAPSHOT, stage="full", entries=len(ENTRIES))
