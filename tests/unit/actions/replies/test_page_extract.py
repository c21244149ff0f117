"""Sentences from several parts of a page: the best ones, with what they need, each part behind its label."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from actions.replies.page_extract import (
    MARGIN,
    after_label,
    best_sentences,
    most_useful_first,
    page_text,
    short_extract,
)
from actions.replies.page_question import SplitPassage
from actions.replies.piece_sets import visible_chars
from actions.replies.pieces import pieces_of
from retrieval.contracts import PageSentence
from tests.unit.actions.replies.worths import holding, nothing, valued

FILLING = " ".join(f"La règle numéro {number} est longue." for number in range(10, 16))
COST = "La carte coûte 25 €. Toutefois, elle est gratuite la première fois."
PAPERS = "Apportez :\n\n- une photo\n- un timbre\n- un justificatif"


def part(order: int, markdown: str, label: str = "") -> SplitPassage:
    return SplitPassage(order, pieces_of(markdown), label)


def test_best_sentences_takes_what_says_most_from_any_part_with_its_exception() -> None:
    parts = [part(1, FILLING), part(2, f"{FILLING} {COST}", "Coût")]
    chosen = best_sentences(parts, holding("coûte"), 100)
    assert page_text(parts, chosen) == f"**Coût** : {COST}"


CONDITIONS = "Remplissez ces conditions :\n\n- avoir 18 ans\n- résider en France\n- travailler"


@pytest.mark.parametrize(
    ("with_list", "shown"),
    [(90, f"{CONDITIONS}."), (70, f"{CONDITIONS.splitlines()[0]}\n\n- résider en France\n- … (1 sur 3)")],
)
def test_best_sentences_shows_a_short_list_whole_where_it_fits(with_list: int, shown: str) -> None:
    parts = [part(1, f"{CONDITIONS}\n\n{FILLING}")]
    assert page_text(parts, best_sentences(parts, holding("résider"), 70, with_list=with_list)) == shown


def test_best_sentences_shows_all_alternatives_that_a_sentence_announces() -> None:
    parts = [part(1, f"{FILLING} De plus, vous devez\n\n- assumer la charge d'un enfant\n- ou avoir une activité")]
    assert "ou avoir une activité" in page_text(parts, best_sentences(parts, holding("De plus"), 150))


@pytest.mark.parametrize(("best", "chosen"), [("Venez", 1), ("Allez", 2)])
def test_best_sentences_prefers_the_part_of_the_sentence_that_is_worth_more(best: str, chosen: int) -> None:
    parts = [part(1, "Venez en mairie.", "Ici"), part(2, "Allez en mairie.", "Là")]
    assert list(best_sentences(parts, valued({best: 1.0}), 30)) == [chosen]


def test_best_sentences_gives_the_worth_plain_sentences_with_their_part_and_place() -> None:
    given: list[PageSentence] = []

    def worth(sentences: Sequence[PageSentence]) -> list[float]:
        given.extend(sentences)
        return nothing(sentences)

    best_sentences([part(1, "La carte est **gratuite**. Venez."), part(4, "**Lieu**\n\nLa mairie.")], worth, 100)
    assert given == [
        PageSentence("La carte est gratuite.", 1, begins=True),
        PageSentence("Venez.", 1),
        PageSentence("La mairie.", 4, begins=True),
    ]


@pytest.mark.parametrize(
    ("best", "room", "shown"),
    [
        (
            "Toutefois, le maire vient chez vous.",
            90,
            "Le mariage a lieu à la mairie du domicile. Toutefois, le maire vient chez vous.",
        ),
        ("De plus, le maire vient chez vous.", 60, "De plus, le maire vient chez vous."),
        ("Toutefois, le maire vient chez vous.", 60, ""),
        ("Il vient chez vous.", 60, ""),
        ("Toutefois, il vient chez vous.", 60, ""),
    ],
)
def test_best_sentences_leaves_out_what_a_sentence_continues_only_where_both_do_not_fit(
    best: str, room: int, shown: str
) -> None:
    parts = [part(1, f"Le mariage a lieu à la mairie du domicile. {best}")]
    chosen = best_sentences(parts, valued({best: 5.0}), room, only_with_best=True)
    assert page_text(parts, chosen) == shown


@pytest.mark.parametrize(("room", "end"), [(100, "en cas de :\n\n- maladie"), (60, "en cas de…")])
def test_best_sentences_shows_what_an_exception_announces_or_its_beginning(room: int, end: str) -> None:
    parts = [part(1, "Le salaire n'est pas versé. Toutefois, il l'est en cas de :\n\n- maladie\n- congé")]
    text = page_text(parts, best_sentences(parts, valued({"salaire": 5.0}), room))
    assert end in text
    assert "en cas de." not in text


def test_best_sentences_leaves_out_a_warning_that_does_not_fit() -> None:
    parts = [
        part(1, "Le salaire n'est pas versé.\n\n**Attention** : le service peut exiger un rendez-vous, pris en ligne avant.")
    ]
    chosen = best_sentences(parts, valued({"salaire": 5.0}), 60)
    assert page_text(parts, chosen) == "Le salaire n'est pas versé."


@pytest.mark.parametrize(("with_list", "rows"), [(300, 3), (0, 1)])
def test_best_sentences_shows_a_short_table_whole_where_it_fits(with_list: int, rows: int) -> None:
    parts = [part(1, "| Revenu | Taux |\n| --- | --- |\n| 0 € | 0 % |\n| 100 € | 11 % |\n| 200 € | 30 % |")]
    text = page_text(parts, best_sentences(parts, valued({"11": 5.0}), 60, margin=0.0, with_list=with_list))
    assert text.count("%") == rows


@pytest.mark.parametrize(
    "hanging",
    [
        "Cette prolongation est automatique.",
        "Sur ce point, appelez la caisse.",
        "Une amende forfaitaire peut alors suivre.",
        "D'autres papiers sont demandés dans les cas suivants.",
    ],
)
def test_best_sentences_leaves_out_what_points_to_a_text_that_is_not_there(hanging: str) -> None:
    parts = [part(1, "Venez en mairie."), part(2, f"- la mairie\n- le consulat\n\n{hanging}")]
    assert hanging not in page_text(parts, best_sentences(parts, valued({hanging: 5.0}), 200))
    assert list(best_sentences([part(1, hanging)], valued({}), 200)) == [1]  # there is nothing else


def test_best_sentences_shows_a_row_without_what_introduces_its_table_where_both_do_not_fit() -> None:
    table = f"Durée requise, {'très ' * 10}selon l'année :\n\n| Né en | Durée |\n|---|---|\n| 1958 | 127 |\n| 1959 | 128 |"
    chosen = best_sentences([part(1, table)], valued({"1958": 5.0}), 60)
    assert page_text([part(1, table)], chosen).startswith("| Né en | Durée |\n|---|---|\n| 1958 | 127 |")


@pytest.mark.parametrize(
    ("margin", "distance", "shown"),
    [(MARGIN, 2.9, True), (MARGIN, 3.0, True), (MARGIN, 3.1, False), (1.5, 1.5, True), (1.5, 1.6, False)],
)
def test_best_sentences_leaves_out_what_is_far_behind_the_best(margin: float, distance: float, shown: bool) -> None:
    parts = [part(1, "Venez en mairie.", "Ici"), part(2, "Allez en mairie.", "Là")]
    chosen = best_sentences(parts, valued({"Venez": -5.0, "Allez": -5.0 - distance}), 400, margin=margin)
    assert list(chosen) == ([1, 2] if shown else [1])


def test_best_sentences_measures_the_margin_from_the_best_though_that_does_not_fit() -> None:
    parts = [part(1, f"Le texte est {'très ' * 20}long."), part(2, "Allez en mairie.")]
    assert best_sentences(parts, valued({"long": 4.0}), 50) == {}
    assert best_sentences(parts, valued({"long": 2.0}), 50) == {2: frozenset({0})}


@pytest.mark.parametrize("word", ["À savoir", "À noter", "Exemple"])
def test_best_sentences_shows_a_note_alone_if_it_is_worth_most(word: str) -> None:
    parts = [part(1, f"Venez. {FILLING}\n\n**{word}** : le duplicata coûte 25 €.")]
    assert page_text(parts, best_sentences(parts, holding("duplicata", "25 €"), 60)) == f"**{word}** : le duplicata coûte 25 €."


def test_best_sentences_keeps_what_is_shown_and_never_exceeds_its_room() -> None:
    parts = [part(1, FILLING), part(2, COST, "Coût"), part(3, PAPERS, "Papiers")]
    shown = {1: frozenset({0, 1})}
    for room in range(70, 400, 7):
        chosen = best_sentences(parts, holding("coûte"), room, shown)
        assert chosen[1] >= shown[1]
        assert chosen == shown or visible_chars(page_text(parts, chosen)) <= room


def test_best_sentences_shows_a_sentence_once_though_two_parts_hold_it() -> None:
    parts = [part(1, "La carte coûte 25 €.", "Ici"), part(2, "La carte coûte 25 €.", "Là")]
    assert list(best_sentences(parts, holding("coûte"), 400)) == [1]
    assert best_sentences(parts, holding("coûte"), 400, below="**Cas** : La carte coûte 25 €.") == {}


def test_best_sentences_repeats_no_sentence_with_marks_that_is_already_shown() -> None:
    same = "Il faut **toujours** une photo."
    parts = [part(1, same, "Paris"), part(2, same, "Lyon")]
    chosen = best_sentences(parts, nothing, 200, {1: frozenset({0})})
    assert page_text(parts, chosen) == f"**Paris** : {same}"


def test_page_text_says_once_how_many_items_of_a_list_are_shown() -> None:
    parts = [part(1, PAPERS, "Papiers")]
    assert page_text(parts, {1: frozenset({0, 1, 3})}) == (
        "**Papiers** : Apportez :\n\n- une photo\n- un justificatif\n- … (2 sur 3)"
    )
    assert page_text([part(1, "- une photo\n- un timbre", "Papiers")], {1: frozenset({0, 1})}).startswith("**Papiers** :\n\n- ")


def test_most_useful_first_begins_with_the_introduction_and_keeps_parts_of_one_label_together() -> None:
    parts = [part(0, "Pour tous."), part(1, COST, "Coût"), part(2, PAPERS, "Papiers"), part(3, "25 € pour tous.", "Coût")]
    own = frozenset({0})
    ordered = most_useful_first(parts, {2: own, 1: own, 0: own, 3: own})
    assert [(one.order, one.label) for one in ordered] == [(0, ""), (2, "Papiers"), (1, "Coût"), (3, "")]
    assert [one.order for one in most_useful_first(parts, {2: own, 1: frozenset()})] == [2]


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
    assert after_label(label, text) == shown


def test_best_sentences_says_nothing_again_that_stands_below_with_its_date() -> None:
    parts = [part(1, "La carte coûte 25 €. Le guichet est bleu.")]
    chosen = best_sentences(parts, valued({"25 €": 1.0, "bleu": 2.0}), 300, below="La carte coûte 25 € (au 12/05/2020).")
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


def test_best_sentences_above_cases_that_hold_the_best_are_none() -> None:
    parts = [part(1, COST, "Coût"), part(2, PAPERS, "Papiers")]
    assert best_sentences(parts, valued({"coûte": 4.0, PAPERS[:5]: 3.0}), 300, below=f"**En France** : {COST}") == {}


def test_best_sentences_that_do_not_fit_are_not_shown_for_another_case() -> None:
    parts = [part(1, COST, "En France, " + "très " * 20 + "loin"), part(2, COST, "En Guyane")]
    assert best_sentences(parts, holding("coûte"), len(COST) + 20) == {}


@pytest.mark.parametrize(
    ("longest", "shown"),
    [(70, "La carte est gratuite pour tous ceux qui la demandent en mairie."), (50, "Allez en mairie.")],
)
def test_short_extract_prefers_the_best_sentence_to_shorter_ones(longest: int, shown: str) -> None:
    parts = [part(1, "La carte est gratuite pour tous ceux qui la demandent en mairie."), part(2, "Allez en mairie.")]
    chosen = short_extract(parts, valued({"gratuite": 2.0, "Allez": 1.0}), 40, longest)
    assert page_text(parts, chosen) == shown


def test_short_extract_adds_what_is_nearly_as_good() -> None:
    parts = [part(1, "Venez."), part(2, "Allez."), part(3, "Restez.")]
    chosen = short_extract(parts, valued({"Venez": 3.0, "Allez": 2.0, "Restez": 1.0}), 40, 90)
    assert page_text(parts, chosen) == "Venez.\n\nAllez."


@pytest.mark.parametrize("note", ["**À savoir** : la carte est bleue.", "Attention : elle est perdue."])
def test_most_useful_first_shows_notes_last(note: str) -> None:
    parts = [part(1, note), part(2, "Venez.")]
    chosen = {1: frozenset({0}), 2: frozenset({0})}
    assert [one.order for one in most_useful_first(parts, chosen)] == [2, 1]
