"""Inline elements → one line of Markdown."""

from __future__ import annotations

import pytest

from knowledge_base.sources.service_public.inline import heading, line
from tests.unit.knowledge_base.trees import Node, context, element, node, paragraph

SITE = "https://www.service-public.fr"


def rendered(*children: Node | str) -> str:
    return line(element(paragraph(*children)), context())


def test_links_are_absolute_and_follow_the_audience_they_name() -> None:
    assert rendered("Voir ", node("LienInterne", " la fiche", LienPublication="F7", audience="Professionnels"), ".") == (
        f"Voir [la fiche]({SITE}/professionnels-entreprises/vosdroits/F7)."
    )
    assert rendered(node("LienInterne", "le dossier", LienPublication="N3")) == (
        f"[le dossier]({SITE}/particuliers/vosdroits/N3)"
    )
    assert rendered(node("LienExterne", "le site", URL="http://exemple.fr/a b")) == "[le site](http://exemple.fr/a%20b)"


def test_an_internal_link_without_text_says_nothing() -> None:
    assert rendered("Les 3 cas suivants", node("LienInterne", LienPublication="F7"), " :") == "Les 3 cas suivants :"


def test_abbreviations_and_glossary_words_are_plain() -> None:
    assert rendered("à la", node("LienInterne", "MSA", LienPublication="R1", type="Sigle"), "ou non") == "à la MSA ou non"
    assert rendered("les ", node("LienInterne", "CDD", LienPublication="R1", type="Sigle"), "s") == "les CDDs"
    assert rendered("un ", node("LienIntra", "jour ouvré", LienID="R2")) == "un jour ouvré"


def test_amounts_keep_a_distance_from_words() -> None:
    assert rendered("moins de", node("Valeur", "5\u00a0000\u00a0€"), " par an") == "moins de 5\u00a0000\u00a0€ par an"


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        ("101\u00a0€", ",5\u00a0€", "101,5\u00a0€"),
        ("749 999,\u00a0€", " 99\u00a0€", "749 999,99\u00a0€"),
        ("5\u00a0%", "\u00a0%", "5\u00a0%"),
        ("119", " \u00a0€", "119\u00a0€"),
        ("\u00a0€", "25\u00a0€", "25\u00a0€"),
        ("100\u00a0€", "280\u00a0€", "100\u00a0€ 280\u00a0€"),
    ],
)
def test_amounts_cut_in_two_are_one_again(left: str, right: str, wanted: str) -> None:
    assert rendered("Soit ", node("Valeur", left), node("Valeur", right), ".") == f"Soit {wanted}."


def test_a_sign_typed_after_an_amount_is_not_said_twice() -> None:
    assert rendered(node("Valeur", "564,78\u00a0€"), " € au plus") == "564,78\u00a0€ au plus"


def test_bold() -> None:
    assert rendered("Il faut", node("MiseEnEvidence", " un mois "), "de plus.") == "Il faut **un mois** de plus."
    assert rendered(node("MiseEnEvidence", node("MiseEnEvidence", "deux"), " fois")) == "**deux fois**"
    assert rendered("mot", node("MiseEnEvidence", "(bis)"), "suite") == "mot(bis)suite"
    assert rendered("a", node("MiseEnEvidence", " "), "b") == "a b"


def test_quotations_get_their_marks_once() -> None:
    assert rendered("la mention ", node("Expression", "vendu le"), ".") == "la mention «\u00a0vendu le\u00a0»."
    assert rendered(node("Citation", '"déjà"')) == '"déjà"'


def test_raised_figures() -> None:
    assert rendered("le 1", node("Exposant", "er"), " mai") == "le 1er mai"
    assert rendered("20 m", node("Exposant", "2")) == "20 m²"


def test_titles_are_plain_text() -> None:
    tree = node("Titre", paragraph("Plus de ", node("Valeur", "10*2\u00a0€"), " ", node("MiseEnEvidence", "par [an]")))
    assert heading(element(tree), context()) == "Plus de 10*2\u00a0€ par [an]"
    assert heading(None, context()) == ""


def test_unknown_elements_are_counted_and_their_text_kept() -> None:
    noted = context()
    assert line(element(paragraph("a ", node("Clignotant", "b"), " c")), noted) == "a b c"
    assert noted.unknown == {"Clignotant": 1}
