"""White space that the npm package lost between adjacent inline elements."""

from __future__ import annotations

import pytest

from knowledge_base.sources.service_public.gaps import needs_gap
from knowledge_base.sources.service_public.inline import line
from tests.unit.knowledge_base.trees import Node, context, element, node, paragraph


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("travaille", "le 1er mai"),
        ("60", "jours"),
        ("70\u00a0%", "de son salaire brut"),
        ("+", "5,42\u00a0€"),
        ("M.", "ou"),
        ("Y", "ou"),
        ("n'y", "a"),
        ("ascendant,", "descendant"),
        ("recours", "«\u00a0gracieux\u00a0»"),
    ],
)
def test_two_words_are_parted(left: str, right: str) -> None:
    assert needs_gap(left, right, left_tag="Citation", right_tag="MiseEnEvidence")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("la carte", ", puis"),
        ("la carte", "."),
        ("la carte", ")"),
        ("la carte", "\u00a0: voici"),
        ("(", "au choix"),
        ("l'", "employeur"),
        ("jusqu’", "au 1er mai"),
        ("porte-", "monnaie"),
        ("et/", "ou"),
        ("déjà ", "parté"),
        ("déjà", " parté"),
        ("", "seul"),
        ("seul", ""),
    ],
)
def test_punctuation_elisions_and_spaces_need_none(left: str, right: str) -> None:
    assert not needs_gap(left, right, left_tag="MiseEnEvidence", right_tag="LienIntra")


def test_a_word_cut_in_two_stays_one() -> None:
    assert not needs_gap("s", "i vous habitez", left_tag="MiseEnEvidence", right_tag="MiseEnEvidence")
    assert not needs_gap("n°24", "85-SD", left_tag="LienInterne", right_tag="LienInterne", same_target=True)
    assert not needs_gap("1", "er", left_tag="Valeur", right_tag="Exposant")


def test_the_tree_gets_its_spaces_back() -> None:
    bold: list[Node] = [node("MiseEnEvidence", "travaille"), node("MiseEnEvidence", "le 1er mai")]
    ordinal = paragraph("le 1", node("Exposant", "er"), node("LienIntra", "jour ouvré"))
    assert line(element(paragraph("On ", *bold, ".")), context()) == "On **travaille le 1er mai**."
    assert line(element(ordinal), context()) == "le 1er jour ouvré"


def test_an_empty_element_between_two_words_does_not_hide_the_gap() -> None:
    tree = paragraph(node("LienIntra", "jours"), node("LienInterne", LienPublication="F2"), node("LienIntra", "francs"))
    assert line(element(tree), context()) == "jours francs"


def test_text_after_an_empty_element_is_parted_from_the_word_before_it() -> None:
    tree = paragraph("voitures ", node("LienIntra", "neuves"), node("LienInterne", LienPublication="F2"), "ou d'occasion")
    assert line(element(tree), context()) == "voitures neuves ou d'occasion"


def test_text_beside_an_element_is_left_as_the_editor_wrote_it() -> None:
    assert line(element(paragraph("anti", node("LienIntra", "constitutionnel"), "s")), context()) == "anticonstitutionnels"


def test_blocks_are_not_inline() -> None:
    tree = node("Texte", paragraph("Un."), paragraph("Deux."))
    assert element(tree)[0].tail is None
