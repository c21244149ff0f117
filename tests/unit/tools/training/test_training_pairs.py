"""Pairs for training: made from the entries, the same each time, never held against what is related."""

from __future__ import annotations

import random

import pytest

from core.entry import Chapter, Entry, Link, TextBlock
from retrieval.index.embedded_texts import head, sections
from tests.unit.retrieval.samples import IDENTITY, PASSPORT, entry
from tools.training.pairs import Pairs
from tools.training.rewriting import as_asked, first_person, noisy

LOSS = entry(
    "F9",
    "Vol de papiers",
    "Que faire après un vol de papiers.",
    related=(Link(title="Passeport", entry="F2"),),
    body=(
        Chapter(
            heading="Refaire le passeport",
            body=(TextBlock(markdown="Demandez un [passeport d'un majeur](https://example.fr/F2) en mairie sans attendre."),),
        ),
    ),
)
ENTRIES: list[Entry] = [IDENTITY, PASSPORT, LOSS]


@pytest.mark.parametrize(
    ("page", "citizen"),
    [
        ("Vous avez perdu votre passeport", "j'ai perdu mon passeport"),
        ("si vous êtes mineur", "si je suis mineur"),
        ("Devez-vous payer votre taxe ?", "dois-je payer mon taxe ?"),
        ("vous travaillez avec vos parents", "je travaille avec mes parents"),
        ("votre déclaration", "ma déclaration"),
    ],
)
def test_pages_speak_to_citizens_who_speak_of_themselves(page: str, citizen: str) -> None:
    assert first_person(page) == citizen


def test_rewriting_is_reproducible_and_never_empties_a_text() -> None:
    texts = [as_asked("Vous devez déclarer la perte en mairie", random.Random(seed)) for seed in range(200)]
    assert texts == [as_asked("Vous devez déclarer la perte en mairie", random.Random(seed)) for seed in range(200)]
    assert len(set(texts)) > 50
    assert all(noisy("Où est l'école ?", random.Random(seed)).strip() for seed in range(200))


def test_a_pair_leads_to_a_text_of_its_own_entry() -> None:
    pairs = Pairs(ENTRIES)
    drawn = [pairs.draw(place, random.Random(seed)) for place in range(3) for seed in range(60)]
    assert drawn == [Pairs(ENTRIES).draw(place, random.Random(seed)) for place in range(3) for seed in range(60)]
    for pair in drawn:
        page = ENTRIES[pair.entry]
        assert pair.passage in {head(page).text, page.title, page.description, *(text.text for text in sections(page))}
        assert pair.query


def test_what_other_pages_call_an_entry_is_a_question_for_it() -> None:
    assert set(Pairs(ENTRIES).material[1].mentions) == {
        "passeport d'un majeur",
        "Demandez un passeport d'un majeur en mairie sans attendre.",
    }


def test_related_entries_are_not_held_against_each_other() -> None:
    assert Pairs(ENTRIES).neighbours == [frozenset(), frozenset({2}), frozenset({1})]
