"""A knowledge base of four entries, and a retriever that does as its query says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date

from actions.replies.style import SMS, WEB, Style
from core.entry import Case, Cases, Chapter, Entry, Link, TextBlock, passages
from retrieval.contracts import Hit, PageSentence, RetrievalResult, Status
from retrieval.terms.analysis import terms

SNAPSHOT = "20260101T000000-test"
TODAY = date(2026, 1, 1)
ON_WEB, BY_SMS = Style(WEB, 18, TODAY), Style(SMS, 18, TODAY, pays_by_segment=True)

LOST_CARD = Entry(
    id="T1",
    collection="test",
    version=3,
    title="Carte d'identité perdue : que faire ?",
    introduction="Déclarez la perte en mairie, puis demandez une nouvelle carte.",
    body=(
        Chapter(heading="Coût", body=(TextBlock(markdown="Le renouvellement après une perte coûte 25 € de timbre fiscal."),)),
        Cases(
            question="Votre situation",
            cases=(
                Case(label="Vous êtes mineur", body=(TextBlock(markdown="Venez à deux."),)),
                Case(label="Vous êtes majeur", body=(TextBlock(markdown="Venez."),)),
            ),
        ),
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


def case(label: str, *texts: str, then: tuple[Case, ...] = ()) -> Case:
    body: tuple[TextBlock | Cases, ...] = tuple(TextBlock(markdown=text) for text in texts)
    return Case(label=label, body=(*body, Cases(cases=then)) if then else body)


# An answer that depends on where one lives, then on age; and another one on the way in which it is paid.
PASSPORT = Entry(
    id="T4",
    collection="test",
    title="Obtenir un passeport",
    introduction="Le passeport se demande en personne.",
    body=(
        Cases(
            cases=(
                case(
                    "En France",
                    then=(case("Vous êtes mineur", "Venez avec un parent."), case("Vous êtes majeur", "Venez avec une photo.")),
                ),
                case("À l'étranger", "Allez au consulat."),
            )
        ),
        Chapter(
            heading="Paiement",
            body=(
                TextBlock(markdown="Le prix est payé avec un timbre."),
                Cases(cases=(case("En ligne", "Payez par carte."), case("Sur place", "Payez au guichet."))),
            ),
        ),
    ),
    source="demonstration",
    urls={"": "https://exemple.fr/T4"},
    verified_on=date(2999, 1, 1),
)


def public(label: str, **parts: str) -> Case:
    """The case of some people, in chapters: heading → text."""
    body = (Chapter(heading=heading, body=(TextBlock(markdown=text),)) for heading, text in parts.items())
    return Case(label=label, body=tuple(body))


# The same parts for two publics, and one of its own for each.
LOST_ABROAD = Entry(
    id="T9",
    collection="test",
    title="Carte perdue",
    body=(
        Cases(
            cases=(
                public(
                    "En France",
                    Déclaration="Déclarez la perte au guichet.",
                    Coût="25 € en timbre fiscal.",
                    Retrait="Revenez au guichet.",
                ),
                public("À l'étranger", Déclaration="Allez au consulat.", Coût="25 € en espèces.", Envoi="Par courrier."),
            )
        ),
    ),
    source="demonstration",
)
LOCAL: dict[str, Entry] = {}  # national entry → the town's entry; a test sets it
ENTRIES = {entry.id: entry for entry in (LOST_CARD, LONG, UNDATED, PASSPORT)}


def hit(entry: Entry, score: float, passage: int = 0) -> Hit:
    return Hit(
        entry_id=entry.id, collection=entry.collection, version=entry.version, title=entry.title, score=score, passage=passage
    )


def spoken(entry: Entry) -> Set[str]:
    """All terms of ``entry``."""
    texts = (text for passage in passages(entry) for text in (*passage.headings, *passage.cases, passage.markdown))
    return set(terms("\n".join((entry.title, *texts))))


class FakeKnowledge:
    """``choix`` in the query gives choices, ``introuvable`` no answer, ``tiramisu`` none either and is out of scope,
    ``obligatoire`` at its beginning a fragment, ``panne`` an error, ``passeport`` entry T4, all else T1;
    with ``lost`` in it, it is in English.

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
        near = (hit(LOST_CARD, 0.1), hit(LONG, 0.1))
        if "tiramisu" in query:
            return RetrievalResult(rejected=near, confidence=0.05, decision="no_answer", scope="outside", snapshot=SNAPSHOT)
        if query.startswith("obligatoire"):
            return RetrievalResult(hits=near, confidence=0.3, decision="choices", scope="fragment", snapshot=SNAPSHOT)
        if "passeport" in query:
            passage = 4 if "payer" in query else 1
            return RetrievalResult(hits=(hit(PASSPORT, 2.0, passage),), confidence=0.8, decision="answered", snapshot=SNAPSHOT)
        hits = (hit(LOST_CARD, 2.0, 1), hit(LONG, 1.9), hit(UNDATED, 1.8))
        decision = "choices" if "choix" in query else "answered"
        language = "en" if "lost" in query else "fr"
        return RetrievalResult(hits=hits, confidence=0.75, decision=decision, snapshot=SNAPSHOT, language=language)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return ENTRIES.get(entry_id)

    def local_page(self, entry: Entry, query: str) -> Entry | None:
        return LOCAL.get(entry.id)

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        orders = [passage.order for passage in passages(entry) if among is None or passage.order in among]
        wanted = set(terms(query)) - set(terms(entry.title))
        return max(orders, key=lambda order: len(wanted & set(terms(passages(entry)[order].markdown))))

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return [passage.order for passage in passages(entry)] if query else []

    def part_likelihood(self, entry: Entry, query: str) -> float:
        return 1.0

    def part_odds(self, entry: Entry, query: str) -> Mapping[int, float]:
        if not query:
            return {}
        best = passages(entry)[self.best_passage(entry, query)]
        others = {passage.headings: passage.order for passage in reversed(passages(entry))}
        return {best.order: 0.0} | {order: -4.0 for headings, order in others.items() if headings != best.headings}

    def sentence_worth(self, entry: Entry, query: str, sentences: Sequence[PageSentence]) -> list[float]:
        wanted, known = set(terms(query)) - set(terms(entry.title)), passages(entry)
        odds = {known[order].headings: odd for order, odd in self.part_odds(entry, query).items()}
        return [
            4.0 * len(wanted & set(terms(one.text)))
            + one.begins
            + (0.0 if one.passage is None else 0.6 * odds.get(known[one.passage].headings, 0.0))
            for one in sentences
        ]

    def spoken(self, entry: Entry, wanted: Set[str]) -> Set[str]:
        return wanted & spoken(entry)

    def status(self) -> Status:
        return Status(snapshot=SNAPSHOT, stage="full", entries=len(ENTRIES))
