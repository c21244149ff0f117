"""A town's page and the page of the State on its matter are one answer, and no rivals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.entry import Entry
from retrieval.index.entry_file import EntryFile, EntryLine
from retrieval.ranking.fusion import Ranked
from retrieval.ranking.local_pages import LocalPages

NATIONAL, LOSS, TOWN_CARD, TOWN_LOST, POOL = range(5)


@pytest.fixture
def pages(tmp_path: Path) -> LocalPages:
    told = [
        ("state", "F1", "Carte d'identité", ()),
        ("state", "F2", "Carte d'identité : perte", ()),
        ("town", "card", "Guichet des cartes", ("state/F1", "state/F2", "state/gone")),
        ("town", "lost", "Objets trouvés", ("state/F2",)),
        ("town", "pool", "Piscine", ()),
    ]
    lines = [
        EntryLine.of(Entry(collection=collection, id=name, title=title, national_pages=national))
        for collection, name, title, national in told
    ]
    EntryFile.write(lines, tmp_path)
    entries = EntryFile(tmp_path)
    assert [entries.line(place) for place in range(len(lines))] == lines
    return LocalPages(entries)


def ranked(*places: int) -> list[Ranked]:
    return [Ranked(place, -number, 0, 0, 0, 0, place) for number, place in enumerate(places)]


def places(found: list[Ranked]) -> list[int]:
    return [one.place for one in found]


def test_merged_shows_the_national_page_in_the_place_of_the_local_one(pages: LocalPages) -> None:
    found, shown = pages.merged(ranked(TOWN_CARD, LOSS, NATIONAL, POOL))
    assert (places(found), places(shown)) == ([TOWN_CARD, NATIONAL, POOL], [LOSS, NATIONAL, POOL])
    assert (shown[0].score, shown[0].nearest) == (0, LOSS)  # the passage is one of the page that is shown


def test_merged_drops_the_local_page_behind_its_national_one(pages: LocalPages) -> None:
    found, shown = pages.merged(ranked(NATIONAL, TOWN_CARD, LOSS))
    assert places(found) == places(shown) == [NATIONAL, LOSS]


def test_merged_brings_in_a_national_page_that_was_not_found(pages: LocalPages) -> None:
    _, shown = pages.merged(ranked(POOL, TOWN_CARD))
    assert places(shown) == [POOL, NATIONAL]
    assert shown[1].nearest == 0


def test_merged_keeps_a_local_page_whose_national_pages_may_not_be_found(pages: LocalPages) -> None:
    only_town = np.asarray([False, False, True, True, True], dtype=np.bool_)
    assert places(pages.merged(ranked(TOWN_CARD, POOL), only_town)[1]) == [TOWN_CARD, POOL]


def test_ids_of_the_towns_entries_are_known_by_the_national_page(pages: LocalPages) -> None:
    assert [pages.ids_of(place) for place in (NATIONAL, LOSS, POOL)] == [("card",), ("card", "lost"), ()]


def test_the_entry_of_the_town_is_the_one_with_most_words_of_the_question(pages: LocalPages) -> None:
    def title(place: int, query: str) -> str | None:
        entry = pages.of(place, query)
        return entry.title if entry else None

    assert title(LOSS, "où sont les objets trouvés ?") == "Objets trouvés"
    assert title(LOSS, "où est le guichet ?") == "Guichet des cartes"
    assert title(POOL, "piscine") is None


def test_every_page_of_a_collection_with_a_link_is_local(pages: LocalPages) -> None:
    assert [pages.is_local(place) for place in range(5)] == [False, False, True, True, True]


def test_an_index_without_links_merges_nothing(tmp_path: Path) -> None:
    EntryFile.write([EntryLine.of(Entry(collection="state", id="F1", title="Carte"))], tmp_path)
    alone = LocalPages(EntryFile(tmp_path))
    assert places(alone.merged(ranked(NATIONAL))[1]) == [NATIONAL]
    assert not alone.is_local(NATIONAL)
