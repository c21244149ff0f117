"""Sentences from several parts of a page: the best ones, with what they need, each part behind its label."""

from __future__ import annotations

import pytest

from actions.replies.page_extract import PagePart, arranged, behind, best_sentences, left_out, page_text
from actions.replies.piece_sets import visible_chars
from actions.replies.pieces import pieces_of
from tests.unit.actions.replies.worths import holding, nothing

FILLING = " ".join(f"La règle numéro {number} est longue." for number in range(10, 16))
COST = "La carte coûte 25 €. Toutefois, elle est gratuite la première fois."
PAPERS = "Apportez :\n\n- une photo\n- un timbre\n- un justificatif"


def part(order: int, markdown: str, label: str = "", odds: float = 0.0) -> PagePart:
    return PagePart(order, pieces_of(markdown), label, odds)


def test_best_sentences_takes_what_says_most_from_an_unlikely_part_with_its_exception() -> None:
    parts = [part(1, FILLING), part(2, f"{FILLING} {COST}", "Coût", -1.0)]
    chosen = best_sentences(parts, holding("coûte"), 100)
    assert page_text(parts, chosen) == f"**Coût** : {COST}"


def test_best_sentences_prefers_the_likelier_part_where_both_say_the_same() -> None:
    parts = [part(1, "Venez en mairie.", "Ici", -2.0), part(2, "Allez en mairie.", "Là")]
    assert list(best_sentences(parts, holding("mairie"), 30)) == [2]


def test_best_sentences_keeps_what_is_shown_and_never_exceeds_its_room() -> None:
    parts = [part(1, FILLING), part(2, COST, "Coût"), part(3, PAPERS, "Papiers")]
    shown = {1: frozenset({0, 1})}
    for room in range(70, 400, 7):
        chosen = best_sentences(parts, holding("coûte"), room, shown)
        assert chosen[1] >= shown[1]
        assert chosen == shown or visible_chars(page_text(parts, chosen)) <= room


def test_best_sentences_leaves_room_for_what_stands_above() -> None:
    parts = [part(1, COST, "Coût")]
    assert best_sentences(parts, nothing, 100, above="x" * 90) == {}
    assert best_sentences(parts, nothing, 300, above="x" * 90) == {1: frozenset({0, 1})}


def test_best_sentences_leaves_out_what_says_nothing_in_an_unlikely_part() -> None:
    assert best_sentences([part(1, FILLING, "Autre chose", -6.0)], nothing, 400) == {}


def test_best_sentences_shows_a_sentence_once_though_two_parts_hold_it() -> None:
    parts = [part(1, "La carte coûte 25 €.", "Ici"), part(2, "La carte coûte 25 €.", "Là")]
    assert list(best_sentences(parts, holding("coûte"), 400)) == [1]
    assert best_sentences(parts, holding("coûte"), 400, above="**Cas** : La carte coûte 25 €.") == {}


def test_page_text_says_once_how_many_items_of_a_list_are_shown() -> None:
    parts = [part(1, PAPERS, "Papiers")]
    assert page_text(parts, {1: frozenset({0, 1, 3})}) == (
        "**Papiers** : Apportez :\n\n- une photo\n- un justificatif\n- … (2 sur 3)"
    )
    assert page_text([part(1, "- une photo\n- un timbre", "Papiers")], {1: frozenset({0, 1})}).startswith("**Papiers** :\n\n- ")


def test_arranged_puts_the_introduction_above_the_first_part_which_then_has_its_label() -> None:
    main, others = part(2, COST, "Coût"), [part(0, "Pour tous."), part(3, PAPERS, "Papiers")]
    with_it = arranged([main, *others], {0: frozenset({0}), 2: frozenset({0})}, "")
    assert [(one.order, one.label) for one in with_it] == [(0, ""), (2, "Coût"), (3, "Papiers")]
    without = arranged([main, *others], {2: frozenset({0})}, "En France")
    assert [(one.order, one.label) for one in without] == [(2, "En France"), (3, "Papiers")]


def test_left_out_while_a_part_has_more_to_say() -> None:
    assert left_out(part(1, COST), {0})
    assert not left_out(part(1, COST), {0, 1})


@pytest.mark.parametrize(
    ("label", "text", "shown"),
    [
        ("Coût", "25 €.", "**Coût** : 25 €."),
        ("Combien ?", "25 €.", "**Combien ?** 25 €."),
        ("Coût", "**Coût** :\n\n- 25 €", "**Coût** :\n\n- 25 €"),
        ("Coût", "- 25 €", "**Coût** :\n\n- 25 €"),
        ("", "25 €.", "25 €."),
    ],
)
def test_behind_names_what_a_text_is_about_once(label: str, text: str, shown: str) -> None:
    assert behind(label, text) == shown


def test_best_sentences_says_nothing_again_that_stands_below_with_its_date() -> None:
    parts = [part(1, "La carte coûte 25 €. Le guichet est bleu.")]
    chosen = best_sentences(parts, holding("25 €"), 300, below="La carte coûte 25 € (au 12/05/2020).")
    assert chosen == {1: frozenset({1})}


def test_page_text_says_once_what_several_parts_say() -> None:
    parts = [
        part(1, "Dès 3 ans.", "Public"),
        part(2, "Dès 3 ans.", "Privé"),
        part(3, "Dès 2 ans.", "Jardin"),
        part(4, "Dès 3 ans."),
    ]
    chosen = {number: frozenset({0}) for number in (1, 2, 3, 4)}
    assert page_text(parts, chosen) == "**Public / Privé** : Dès 3 ans.\n\n**Jardin** : Dès 2 ans.\n\nDès 3 ans."
