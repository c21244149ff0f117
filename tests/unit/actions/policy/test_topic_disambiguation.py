"""A subject's bare name: the dossiers that share it, then the pages of one."""

from __future__ import annotations

from typing import Any

import pytest

from core.entry import Entry
from core.settings import Settings
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import SNAPSHOT, FakeKnowledge, hit
from tests.unit.actions.talk import Talk, option, options

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


async def test_dossiers_of_that_name_are_offered_the_largest_first_then_pages_of_one(
    settings: Settings,
) -> None:
    talk = Talk(settings, Cards(PAGES))
    turn = await talk.say("carte")
    assert turn.outcome == "choices"
    assert [one.label for one in options(turn)] == [VEHICLE, IDENTITY, "Aucune de ces réponses"]
    pages = await talk.press(option(turn, IDENTITY))
    assert [one.payload for one in options(pages)][:2] == ['/choose{"entry": "C1"}', '/choose{"entry": "C2"}']
    assert len(options(pages)) == 3


@pytest.mark.parametrize("pages", [PAGES[:2] + PAGES[5:], PAGES[2:]])
async def test_where_one_dossier_only_has_that_name_pages_are_offered(settings: Settings, pages: list[Entry]) -> None:
    turn = await Talk(settings, Cards(pages)).say("carte")
    assert options(turn)[0].payload.startswith("/choose{")


async def test_a_sentence_that_is_understood_as_a_name_gets_the_pages_of_that_name(settings: Settings) -> None:
    class Understood(Cards):
        def search(self, query: str, **options: Any) -> RetrievalResult:
            found = super().search(query, **options)
            return found.model_copy(
                update={"hits": (), "rejected": found.hits, "decision": "no_answer", "understood": "j'ai une carte"}
            )

    turn = await Talk(settings, Understood(PAGES)).say("j'ai un truc en plastique")
    assert [one.label for one in options(turn)] == [VEHICLE, IDENTITY, "Aucune de ces réponses"]
