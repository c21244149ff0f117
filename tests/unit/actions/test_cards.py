from __future__ import annotations

from datetime import date

import pytest

from actions.cards import answer_card, entry_option, is_old
from core.entry import Entry
from tests.unit.actions.fakes import LONG, LOST_CARD, UNDATED


def test_a_card_shows_the_passage_with_its_source_and_date() -> None:
    block, shortened = answer_card(LOST_CARD, 1, "s1")
    assert not shortened
    assert (block.entry, block.entry_version, block.snapshot) == ("T1", 3, "s1")
    assert (block.headings, block.body) == (("Coût",), "Le renouvellement après une perte coûte 25 € de timbre fiscal.")
    assert (block.source.url, block.verified_on) == ("https://exemple.fr/T1", date(2019, 3, 5))
    assert [service.name for service in block.services] == ["Achat de timbre"]


def test_the_case_of_a_passage_is_named() -> None:
    assert answer_card(LOST_CARD, 2, "s1").block.cases == ("Vous êtes mineur",)


@pytest.mark.parametrize("passage", [-1, 99])
def test_a_passage_that_is_not_there_gives_the_first(passage: int) -> None:
    assert answer_card(LOST_CARD, passage, "s1").block.body == LOST_CARD.introduction


def test_a_long_passage_is_shortened() -> None:
    assert answer_card(LONG, 0, "s1").shortened


def test_an_entry_without_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="T9"):
        answer_card(Entry(id="T9", collection="test", title="Vide"), 0, "s1")


def test_an_option_names_its_entry_and_passage() -> None:
    assert entry_option("Passeport", UNDATED.id).payload == '/choose{"entry": "T3"}'
    assert entry_option("Passeport", UNDATED.id, 2).payload == '/choose{"entry": "T3", "passage": 2}'


@pytest.mark.parametrize(
    ("today", "old"),
    [(date(2021, 6, 14), False), (date(2021, 6, 15), False), (date(2021, 6, 16), True), (date(2022, 1, 1), True)],
)
def test_eighteen_months_are_counted_by_the_calendar(today: date, old: bool) -> None:
    assert is_old(date(2019, 12, 15), 18, today) is old
