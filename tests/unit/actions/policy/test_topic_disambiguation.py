"""A subject's bare name gets the pages of that name."""

from __future__ import annotations

from typing import Any

from core.entry import Entry
from core.settings import Settings
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import SNAPSHOT, FakeKnowledge, hit
from tests.unit.actions.talk import Talk, options

IDENTITY, VEHICLE, BUS = "Carte d'identité", "Carte grise (certificat d'immatriculation)", "Carte de bus"


def _page(number: int, title: str, dossier: str) -> Entry:
    return Entry(id=f"C{number}", collection="test", title=title, theme=("Thème", dossier), description=title)


PAGES = [
    _page(1, "Carte d'identité perdue", IDENTITY),
    _page(2, "Carte d'identité volée", IDENTITY),
    _page(3, "Carte grise perdue", VEHICLE),
    _page(4, "Carte grise barrée", VEHICLE),
    _page(5, "Carte grise d'une moto", VEHICLE),
    _page(6, "Carte de bus", BUS),
    _page(7, "Cartes de jeu", "Loisirs"),
]


class Cards(FakeKnowledge):
    """Finds every page, whatever is asked, those of ``pages`` first."""

    def __init__(self, pages: list[Entry]) -> None:
        super().__init__()
        self._pages = {page.id: page for page in pages}

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        hits = tuple(hit(page, 1.0) for page in self._pages.values())[:limit]
        return RetrievalResult(hits=hits, confidence=0.3, decision="choices", snapshot=SNAPSHOT)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self._pages.get(entry_id)


async def test_pages_of_that_name_are_offered_and_those_of_a_theme_that_is_chosen(settings: Settings) -> None:
    talk = Talk(settings, Cards(PAGES))
    turn = await talk.say("carte")
    assert turn.outcome == "choices"
    assert [one.label for one in options(turn)][:2] == ["Carte d'identité perdue", "Carte d'identité volée"]
    pages = await talk.press(f'/none_of_these{{"theme": "{VEHICLE}"}}')
    assert options(pages) == []  # all of them were offered before


async def test_a_sentence_that_is_understood_as_a_name_gets_the_pages_of_that_name(settings: Settings) -> None:
    class Understood(Cards):
        def search(self, query: str, **options: Any) -> RetrievalResult:
            found = super().search(query, **options)
            return found.model_copy(
                update={"hits": (), "rejected": found.hits, "decision": "no_answer", "understood": "j'ai une carte"}
            )

    turn = await Talk(settings, Understood(PAGES)).say("j'ai un truc en plastique")
    assert options(turn)[0].label == "Carte d'identité perdue"
