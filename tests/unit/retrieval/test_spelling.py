"""Misspelt words: by distance, by sound, by the keys that lie side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from retrieval.query.spelling import Vocabulary, sound

WORDS = {"dossier": 9, "dose": 40, "renouveler": 5, "renouvellement": 7, "perte": 9, "vente": 30, "véhicule": 12, "mairie": 8}
PAGES = Vocabulary(WORDS)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dosié", "dossier"),  # by sound, though "dose" is as near and more frequent
        ("renouvelé", "renouveler"),
        ("vehicule", "véhicule"),
        ("vehicuel", "véhicule"),
        ("oerte", "perte"),  # o lies beside p; "vente" is more frequent
        ("mairir", "mairie"),
        ("mmairiie", "mairie"),  # keys hit twice cost least
        ("evhicle", "véhicule"),
        ("dozsier", "dossier"),
        ("jje", "je"),  # little words, so that they are not taken for others
        ("ed", "de"),
        ("xg", "xg"),
        ("xylophone", "xylophone"),
    ],
)
def test_a_misspelt_word_is_mended(written: str, meant: str) -> None:
    assert PAGES.spell(written) == meant


def test_what_sounds_alike_is_one() -> None:
    assert sound("dosie") == sound("dossier")
    assert sound("bateau") == sound("bato")
    assert sound("dose") != sound("dossier")


WRITTEN = st.text("abeirst", min_size=4, max_size=9)


@given(st.sets(WRITTEN, min_size=1, max_size=30), WRITTEN, st.integers(1, 2))
def test_no_word_within_so_many_slips_is_passed_over(words: set[str], written: str, slips: int) -> None:
    within = Vocabulary(dict.fromkeys(words, 2))._within(written, slips)
    assert sorted(within) == sorted(word for word in words if OSA.distance(word, written) <= slips)
