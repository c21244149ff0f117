from __future__ import annotations

from datetime import date

import pytest

from actions.cards import answer_card, entry_option, whole_fork_card
from actions.case_tree import fork_at
from core.dates import is_old
from core.entry import Entry, passages
from tests.unit.actions.fakes import LONG, LOST_ABROAD, LOST_CARD, PASSPORT, UNDATED


def test_a_card_shows_the_passage_with_its_source_and_date() -> None:
    block, shortened = answer_card(LOST_CARD, 1, "s1")
    assert not shortened
    assert (block.entry, block.entry_version, block.snapshot) == ("T1", 3, "s1")
    assert (block.headings, block.body) == (("Coût",), "Le renouvellement après une perte coûte 25 € de timbre fiscal.")
    assert (block.source.url, block.verified_on) == ("https://exemple.fr/T1", date(2019, 3, 5))
    assert [service.name for service in block.services] == ["Achat de timbre"]


def test_the_case_of_a_passage_is_named() -> None:
    assert answer_card(LOST_CARD, 2, "s1").block.cases == ("Vous êtes mineur",)


def test_cases_side_by_side_show_the_part_that_was_asked_for() -> None:
    cost = next(passage.order for passage in passages(LOST_ABROAD) if "espèces" in passage.markdown)
    block = whole_fork_card(LOST_ABROAD, fork_at(LOST_ABROAD, (0,)), "s1", cost).block
    assert (block.headings, block.body) == (
        ("Coût",),
        "**En France**\n\n25 € en timbre fiscal.\n\n**À l'étranger**\n\n25 € en espèces.",
    )


def test_cases_side_by_side_name_the_cases_and_headings_within() -> None:
    """What holds for one case and what holds for another must never read as one text."""
    block = whole_fork_card(PASSPORT, fork_at(PASSPORT, (0,)), "s1", 0).block
    assert block.body.split("\n\n") == [
        "**En France › Vous êtes mineur**",
        "Venez avec un parent.",
        "**En France › Vous êtes majeur**",
        "Venez avec une photo.",
        "**À l'étranger**",
        "Allez au consulat.",
    ]
    sending = next(passage.order for passage in passages(LOST_ABROAD) if "courrier" in passage.markdown)
    block = whole_fork_card(LOST_ABROAD, fork_at(LOST_ABROAD, (0,)), "s1", sending).block
    assert block.headings == ()
    assert block.body.split("\n\n")[:3] == [
        "**En France › Déclaration**",
        "Déclarez la perte au guichet.",
        "**En France › Coût**",
    ]
    assert "**À l'étranger › Envoi**" in block.body


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
