"""Cases side by side: all of them where they fit, none of them chosen; else the first ones, and how many there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.cases.case_tree import Fork, fork_at
from actions.replies.side_by_side import OpenFork, first_cases, side_by_side
from core.entry import Case, Cases, Chapter, Entry, TextBlock, passages
from core.text.markdown import plain
from tests.unit.actions.fakes import LOST_ABROAD, PASSPORT, case, public
from tests.unit.actions.replies.worths import holding, nothing

LONG = "Le texte est très long, et il ne dit rien de plus. "


def page(*cases: Case, introduction: str = "") -> tuple[Entry, Fork]:
    entry = Entry(id="S1", collection="test", title="Carte", introduction=introduction, body=(Cases(cases=cases),))
    return entry, fork_at(entry, (0,))


def lines(body: str) -> list[str]:
    return body.split("\n\n")


def order_of(entry: Entry, text: str) -> int:
    return next(passage.order for passage in passages(entry) if text in passage.markdown)


def test_side_by_side_shows_each_case_with_its_label_before_its_text() -> None:
    found = side_by_side(OpenFork(*page(case("Majeur", "Venez."), case("Mineur", "Venez à deux.")), 0, nothing), 600)
    assert found is not None
    assert lines(found.body) == ["**Majeur** : Venez.", "**Mineur** : Venez à deux."]
    assert (found.complete, found.headings) == (True, ())


def test_side_by_side_shows_the_part_that_was_found() -> None:
    fork = fork_at(LOST_ABROAD, (0,))
    found = side_by_side(OpenFork(LOST_ABROAD, fork, order_of(LOST_ABROAD, "espèces"), nothing), 600)
    assert found is not None
    assert lines(found.body) == ["**En France** : 25 € en timbre fiscal.", "**À l'étranger** : 25 € en espèces."]
    assert found.headings == ("Coût",)


def test_side_by_side_begins_with_the_case_that_the_question_has_words_of() -> None:
    own = page(case("Restaurant", "Le préfet décide."), case("Chantier de travaux", "La mairie décide."))
    found = side_by_side(OpenFork(*own, 0, nothing, question="le bruit d'un chantier"), 600)
    assert found is not None
    assert lines(found.body)[0] == "**Chantier de travaux** : La mairie décide."


def test_side_by_side_leaves_out_excluded_cases_at_each_fork() -> None:
    inner = (case("En ligne", "C'est gratuit."), case("Au guichet", "C'est payant."))
    entry, fork = page(case("Majeur", "Venez."), case("Mineur", then=inner))
    found = side_by_side(OpenFork(entry, fork, 0, nothing, excluded_at=lambda one: (0,)), 600)
    assert found is not None
    assert lines(found.body) == ["**Mineur, Au guichet** : C'est payant."]


def test_side_by_side_of_different_parts_names_none_of_them() -> None:
    entry, fork = page(public("Majeur", Coût="86 € en tout."), public("Mineur", Coût="Rien.", Envoi="Par la poste."))
    found = side_by_side(OpenFork(entry, fork, order_of(entry, "poste"), nothing), 600)  # one of the cases lacks this part
    assert found is not None
    assert lines(found.body) == ["**Majeur** : 86 € en tout.", "**Mineur** : Par la poste."]
    assert found.headings == ()


def test_side_by_side_of_a_case_that_asks_again_shows_its_own_cases() -> None:
    found = side_by_side(OpenFork(PASSPORT, fork_at(PASSPORT, (0,)), 1, nothing), 600)
    assert found is not None
    assert lines(found.body) == [
        "**En France, Vous êtes mineur** : Venez avec un parent.",
        "**En France, Vous êtes majeur** : Venez avec une photo.",
        "**À l'étranger** : Allez au consulat.",
    ]


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ("Le prix dépend de l'âge :", ["Majeur, De 18 à 25 ans", "Majeur, Plus de 25 ans", "Mineur"]),
        ("Le prix varie.", ["Majeur, De 18 à 25 ans", "Majeur, Plus de 25 ans", "Mineur"]),
        ("Venez avec une photo.", ["Majeur", "Mineur"]),
    ],
)
def test_side_by_side_passes_over_a_text_that_only_leads_up_to_inner_cases(own: str, shown: list[str]) -> None:
    inner = (case("De 18 à 25 ans", "Il coûte 25 euros."), case("Plus de 25 ans", "Il coûte 30 euros."))
    found = side_by_side(OpenFork(*page(case("Majeur", own, then=inner), case("Mineur", "C'est gratuit.")), 0, nothing), 600)
    assert found is not None
    assert [line.split("**")[1] for line in lines(found.body)] == shown


def test_side_by_side_of_too_many_inner_cases_shows_the_general_one() -> None:
    inner = (
        case("Cas général", "Il coûte 25 euros."),
        *(case(f"À {town}", f"Voir {town}.") for town in ("Paris", "Lyon", "Nice")),
    )
    found = side_by_side(OpenFork(*page(case("Majeur", then=inner), case("Mineur", "C'est gratuit.")), 0, nothing), 600)
    assert found is not None
    assert lines(found.body) == ["**Majeur, Cas général** : Il coûte 25 euros.", "**Mineur** : C'est gratuit."]


@pytest.mark.parametrize(
    "cases",
    [
        tuple(case(f"Cas {number}", f"Texte {number}.") for number in range(5)),  # more than four
        (case("Majeur", "Venez."), case("Mineur")),  # a case that the source leaves blank
        (case("Majeur", "Venez."), case("Mineur", "[Formulaire](https://exemple.fr/f)")),
        (case("Majeur", LONG * 10), case("Mineur", "La première phrase est " + "très " * 120 + "longue.")),
    ],
)
def test_side_by_side_is_none_where_a_case_would_be_missing(cases: tuple[Case, ...]) -> None:
    assert side_by_side(OpenFork(*page(*cases), 0, nothing), 600) is None


def test_side_by_side_shows_as_much_of_each_text_as_fits() -> None:
    found = side_by_side(OpenFork(*page(case("Majeur", LONG * 20), case("Mineur", "Venez à deux.")), 0, nothing), 600)
    assert found is not None
    assert not found.complete
    assert 300 < len(plain(found.body)) <= 600
    assert found.body.endswith("**Mineur** : Venez à deux.")
    smaller = side_by_side(OpenFork(*page(case("Majeur", LONG * 20), case("Mineur", "Venez à deux.")), 0, nothing), 150)
    assert smaller is not None
    assert len(plain(smaller.body)) <= 150


def test_side_by_side_shows_the_sentences_that_answer() -> None:
    texts = [f"{LONG * 5}Le délai est de {days} jours. {LONG * 5}" for days in (3, 5)]
    found = side_by_side(OpenFork(*page(case("Majeur", texts[0]), case("Mineur", texts[1])), 0, holding("délai")), 120)
    assert found is not None
    assert lines(found.body) == ["**Majeur** : Le délai est de 3 jours.", "**Mineur** : Le délai est de 5 jours."]


def test_side_by_side_says_once_what_holds_for_each_case() -> None:
    same = "La mairie fixe le délai. Il est publié."
    found = side_by_side(OpenFork(*page(case("Majeur", same), case("Mineur", same)), 0, nothing), 200)
    assert found is not None
    assert found.body == f"**Majeur** / **Mineur** : {same}"
    texts = [f"La mairie fixe le délai. {LONG * 3}Il est de {days} jours." for days in (3, 5)]
    found = side_by_side(OpenFork(*page(case("Majeur", texts[0]), case("Mineur", texts[1])), 0, nothing), 260)
    assert found is not None
    assert lines(found.body)[0] == "La mairie fixe le délai."
    assert lines(found.body)[1:] == ["**Majeur** : Il est de 3 jours.", "**Mineur** : Il est de 5 jours."]


def test_side_by_side_keeps_the_exception_of_a_case() -> None:
    text = f"C'est gratuit. Toutefois, un duplicata coûte {'très ' * 20}cher. {LONG * 5}"
    found = side_by_side(OpenFork(*page(case("Majeur", text), case("Mineur", "Venez.")), 0, nothing), 150)
    assert found is not None
    assert lines(found.body)[:2] == ["**Majeur** : C'est gratuit.", "Toutefois, un duplicata coûte très très très très très…"]


@pytest.mark.parametrize(
    "text", ["- une photo\n- un timbre.", "1. Venez\n2. Signez.", "| Âge | Prix |\n| --- | --- |\n| 18 | 86 |"]
)
def test_side_by_side_gives_lists_and_tables_a_line_of_their_own(text: str) -> None:
    found = side_by_side(OpenFork(*page(case("Majeur", text), case("Mineur", "Venez.")), 0, nothing), 600)
    assert found is not None
    assert found.body == f"**Majeur**\n\n{text}\n\n**Mineur** : Venez."


FIVE = page(*(case(f"Cas {number}", f"Le texte numéro {number} est court. {LONG * 4}") for number in range(5)))


@pytest.mark.parametrize(("room", "shown"), [(1000, [0, 1, 2, 3]), (150, [0, 1, 2]), (120, [0, 1]), (80, None)])
def test_first_cases_shows_as_many_as_fit_and_counts_them(room: int, shown: list[int] | None) -> None:
    found = first_cases(OpenFork(*FIVE, 0, nothing), room)
    if shown is None:
        assert found is None
        return
    assert found is not None
    told = [f"**Cas {number}** : Le texte numéro {number} est court." for number in shown]
    assert lines(found.body) == [*told, f"… ({len(shown)} sur 5)"]
    assert not found.complete
    assert len(plain(found.body)) <= room


def test_first_cases_has_the_case_that_was_found() -> None:
    found = first_cases(OpenFork(*FIVE, 4, nothing), 160)
    assert found is not None
    assert [line.split(" : ")[0] for line in lines(found.body)] == ["**Cas 0**", "**Cas 1**", "**Cas 4**", "… (3 sur 5)"]


def test_first_cases_of_a_single_case_is_none() -> None:
    """One case alone would read as the answer for all."""
    assert first_cases(OpenFork(*page(case("Majeur", "Venez."), case("Mineur")), 0, nothing), 600) is None


LONG_CASES = page(*(case(f"Cas {number}", f"Le texte {number} est {'très ' * 30}long.") for number in range(3)))


@pytest.mark.parametrize(("start", "room", "shown"), [(0, 200, "Cas 0"), (2, 200, "Cas 2"), (0, 100, None)])
def test_first_cases_may_show_one_alone_with_its_label(start: int, room: int, shown: str | None) -> None:
    assert first_cases(OpenFork(*LONG_CASES, start, nothing), room) is None
    found = first_cases(OpenFork(*LONG_CASES, start, nothing), room, alone=(50, room))
    if shown is None:
        assert found is None
        return
    assert found is not None
    assert found.body.startswith(f"**{shown}** : Le texte {start} est ")
    assert (found.alone, found.complete, len(plain(found.body)) <= room) == (True, False, True)


def test_first_cases_that_fit_together_do_not_stand_alone() -> None:
    found = first_cases(OpenFork(*FIVE, 0, nothing), 150, alone=(200,))
    assert found is not None
    assert (found.alone, found.body.endswith("… (3 sur 5)")) == (False, True)


def test_first_cases_of_chapters_shows_the_part_that_was_found() -> None:
    cases = [
        Case(
            label=f"Cas {number}",
            body=(
                Chapter(heading="Lieu", body=(TextBlock(markdown=f"Venez au guichet {number}."),)),
                Chapter(heading="Coût", body=(TextBlock(markdown=f"Le prix est de {number} euros."),)),
            ),
        )
        for number in range(6)
    ]
    found = first_cases(OpenFork(*page(*cases), 1, nothing), 600)
    assert found is not None
    assert lines(found.body)[0] == "**Cas 0** : Le prix est de 0 euros."
    assert found.headings == ("Coût",)


TEXTS = st.sampled_from(["Venez.", LONG * 3, "- une photo\n- un timbre", "Il faut :\n\n- une photo", "[a](https://b.fr)", ""])


@given(st.lists(TEXTS, min_size=2, max_size=6), st.integers(60, 600), st.integers(0, 3))
def test_cases_side_by_side_fit_and_have_their_labels(texts: list[str], room: int, start: int) -> None:
    entry, fork = page(*(case(f"Cas {number}", text) for number, text in enumerate(texts)), introduction="Une introduction.")
    start = min(start, len(passages(entry)) - 1)
    if found := side_by_side(OpenFork(entry, fork, start, nothing), room):
        assert all(f"**{label}**" in found.body for label in fork.labels)
        assert len(plain(found.body, links=False)) <= room
    if some := first_cases(OpenFork(entry, fork, start, nothing), room):
        shown = some.body.count("**Cas ")
        assert 2 <= shown <= 4
        assert f"… ({shown} sur " in some.body
        assert len(plain(some.body, links=False)) <= room


def test_side_by_side_leaves_out_inner_cases_that_are_not_the_citizens() -> None:
    inner = (case("Majeur", "Venez seul."), case("Mineur", "Venez avec un parent."))
    entry, fork = page(case("En France", then=inner), case("À l'étranger", "Au consulat."))
    known = OpenFork(entry, fork, 0, nothing, lambda one: 1 if one.labels == ("Majeur", "Mineur") else None)
    found = side_by_side(known, 600)
    assert found is not None
    assert found.body == "**En France, Mineur** : Venez avec un parent.\n\n**À l'étranger** : Au consulat."


@pytest.mark.parametrize(
    ("question", "shown"), [("un abri de 15 m²", "Déclaration"), ("il fait 4 m2", "Rien"), ("et 30 m²", "Permis")]
)
def test_side_by_side_of_tables_shows_the_row_for_the_size_that_is_stated(question: str, shown: str) -> None:
    rows = "| Plus de 20 m² | Permis |\n| De 5 à 20 m² | Déclaration |\n| Moins de 5 m² | Rien |"
    table = f"| Surface | Autorisation |\n| --- | --- |\n{rows}"
    cases = page(case("Cas général", table), case("Secteur protégé", table + "\n"))
    found = side_by_side(OpenFork(*cases, 0, nothing, question=question), 200)
    assert found is not None
    assert [word for word in ("Permis", "Déclaration", "Rien") if word in found.body] == [shown]
