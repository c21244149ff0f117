"""Suggestions while a citizen types: which texts are found for what was typed so far, and in which order."""

from __future__ import annotations

import pytest

from channels.web.suggestions import MOST, Index

PAGES = [
    ("Carte d’identité : perte", "fr", ["j'ai perdu ma carte", "papiers égarés"], 0),
    ("Carte grise", "fr", ["vendre ma voiture", "perdu la carte grise"], 0),
    ("Passeport\u00a0: renouvellement", "fr", ["refaire mon passeport périmé"], 0),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cart", ["Carte grise", "Carte d’identité : perte"]),  # short titles first
        ("CARTE IDENTITE", ["Carte d’identité : perte"]),
        ("passeport ren", ["Passeport : renouvellement"]),
        ("comment refaire mon passeport pér", ["refaire mon passeport périmé"]),  # empty words are not asked for
        ("perdu carte", ["perdu la carte grise", "j'ai perdu ma carte"]),  # one text for each page
        ("carte ", ["Carte grise", "Carte d’identité : perte"]),
        ("cart ", []),  # a finished word is looked for as it is
        ("ca", []),
        ("comment faire pour", []),
        ("", []),
        ("zzz", []),
    ],
)
def test_index_finds_texts_with_all_words(typed: str, found: list[str]) -> None:
    assert [one.text for one in Index.of(PAGES).find(typed)] == found


def test_index_offers_at_most_five() -> None:
    index = Index.of([(f"Carte {number}", "fr", (), 0) for number in range(50)])
    assert len(index.find("carte")) == MOST


def test_index_offers_first_what_is_asked_for_most() -> None:
    pages = [("Carte grise", "fr", (), 0), ("Carte d’identité : première demande", "fr", (), 12)]
    assert [one.text for one in Index.of(pages).find("cart")] == ["Carte d’identité : première demande", "Carte grise"]
