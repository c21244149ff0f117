"""Items and rows that are for the citizen, and those for others."""

from __future__ import annotations

import pytest

from actions.replies.fitting_items import Fit, distinguishing_relative, fitting_items
from actions.replies.page_extract import best_sentences, page_text
from actions.replies.page_question import SplitPassage
from actions.replies.pieces import pieces_of
from tests.unit.actions.replies.worths import holding

SHEDS = """Selon la surface :

| Surface | Autorisation |
| --- | --- |
| Moins de 5 m² | Aucune |
| Entre 5 et 20 m² | Déclaration préalable |
| Plus de 20 m² | Permis de construire |"""
PAPERS = """Il faut :

- si vous avez moins de 18 ans, l'accord d'un parent
- une photo
- un timbre"""


LEAVE = """Le congé de deuil dure 8 jours en cas de décès de l'enfant. La durée est de :

- quatre jours pour le mariage du salarié
- un jour pour le mariage d'un enfant
- douze jours pour le décès d'un enfant, même s'il était lui-même parent
- trois jours pour le décès du père, de la mère ou d'un frère"""
TWO_LEADS = """**La durée minimale est la suivante**. Un accord ne peut la réduire :

- un jour pour le mariage d'un enfant
- trois jours pour le décès du père ou de la mère"""
TO_BRING = """Il faut :

- la carte d'identité de la mère ou du père
- 2 photos de l'enfant"""
CRISIS = """L'employeur peut refuser. Attention : pendant l'état d'urgence sanitaire, il impose six jours. Le congé est reporté.

Le délai est d'un mois."""

PASSPORT = "Le passeport est valide 10 ans. Il n'est pas fabriqué sur place. Un titre valable 5 ans est gratuit."


@pytest.mark.parametrize(
    ("markdown", "question", "fit"),
    [
        (CRISIS, "mon patron peut refuser mes congés ?", Fit(others=frozenset({1}))),
        (CRISIS, "et pendant le confinement de 2020 ?", Fit()),
        ("Pendant la crise sanitaire, rien n'est dû.", "que dois-je ?", Fit()),  # the part is about nothing else
        (PASSPORT, "combien de temps pour avoir un passeport ?", Fit(others=frozenset({0, 2}))),
        (PASSPORT, "quel est le délai d'obtention ?", Fit(others=frozenset({0, 2}))),
        (PASSPORT, "il est valable combien de temps, et en combien de temps je l'ai ?", Fit()),
        (PASSPORT, "le passeport dure combien de temps ?", Fit()),
        (SHEDS, "un abri de 12 m2, que faut-il ?", Fit(frozenset({3}), frozenset({2, 4}))),
        (SHEDS, "un abri de jardin, que faut-il ?", Fit()),
        (LEAVE, "combien de jours pour le décès de maman ?", Fit(frozenset({5}), frozenset({0, 2, 3, 4}))),
        (LEAVE, "mon fils se marie, combien de jours ?", Fit(frozenset({3, 4}), frozenset({2, 5}))),
        (LEAVE, "combien de jours pour mon beau-père ?", Fit(others=frozenset(range(6)))),  # named nowhere
        (TWO_LEADS, "combien de jours pour mon beau-père ?", Fit(others=frozenset(range(4)))),
        (LEAVE, "mon fils et ma mère sont morts", Fit()),  # of two relatives, both may count
        (TO_BRING, "quels papiers pour mon fils ?", Fit()),
        (PAPERS, "j'ai 40 ans, que faut-il ?", Fit()),  # one of three items is for others: the list is about something else
    ],
)
def test_fitting_items_are_those_for_what_the_question_states(markdown: str, question: str, fit: Fit) -> None:
    pieces = pieces_of(markdown)
    assert fitting_items(pieces, question, distinguishing_relative([pieces], question)) == fit


def test_a_sentence_about_another_relative_is_for_others_where_another_part_names_the_citizens_own() -> None:
    elsewhere = pieces_of("Le congé de deuil dure 8 jours en cas de décès de l'enfant. Il est payé.")
    question = "combien de jours pour le décès de ma mère ?"
    assert distinguishing_relative([elsewhere], question) == ""
    relative = distinguishing_relative([elsewhere, pieces_of(LEAVE)], question)
    assert fitting_items(elsewhere, question, relative) == Fit(others=frozenset({0}))


def test_best_sentences_hold_the_row_with_the_citizens_own_quantity() -> None:
    pieces = pieces_of(SHEDS)
    part = SplitPassage(0, pieces, fit=fitting_items(pieces, "un abri de 12 m2"))
    text = page_text([part], best_sentences([part], lambda sentences: [0.0] * len(sentences), 120))
    assert "Déclaration préalable" in text
    assert "Permis de construire" not in text


def test_best_sentences_have_no_warning_of_the_health_crisis() -> None:
    pieces = pieces_of(CRISIS)
    part = SplitPassage(0, pieces, fit=fitting_items(pieces, "mon patron peut refuser mes congés ?"))
    chosen = best_sentences([part], holding("refuser"), 300)
    assert page_text([part], chosen) == "L'employeur peut refuser."
