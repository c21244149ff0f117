"""Which case is the citizen's: by what they chose or said."""

from __future__ import annotations

import pytest

from actions.cases.assumed_case import assumed_cases
from actions.cases.case_tree import Fork, fork_at
from actions.cases.dialogue_state import Focus, UserFacts
from actions.cases.known_case import decided_by, excluded_cases, known_case
from actions.situation.reading import facts_in
from core.entry import Case, Cases, Entry, TextBlock

AGES = ("Vous êtes majeur", "Vous êtes mineur")
PLACES = ("En France", "À l'étranger")
WAYS = ("En ligne", "Sur place")


def page(*labels: str) -> tuple[Entry, Fork]:
    cases = tuple(Case(label=label, body=(TextBlock(markdown=f"{label}."),)) for label in labels)
    entry = Entry(id="K1", collection="test", title="Passeport", body=(Cases(cases=cases),))
    return entry, fork_at(entry, (0,))


def subject(query: str = "passeport", **more: object) -> Focus:
    return Focus.model_validate({"entry": "K1", "query": query, **more})


def known(labels: tuple[str, ...], about: Focus, situation: UserFacts | None = None, *, remembered: bool = True) -> str | None:
    case = known_case(page(*labels)[1], about, situation or UserFacts(), remembered=remembered)
    return None if case is None else labels[case]


def heard(*texts: str) -> UserFacts:
    situation = UserFacts()
    for text in texts:
        situation = situation.with_said(facts_in(text), text)
    return situation


@pytest.mark.parametrize(
    ("labels", "query", "latest", "case"),
    [
        (AGES, "passeport", "", None),
        (AGES, "passeport, j'ai 15 ans", "", "Vous êtes mineur"),
        (PLACES, "passeport à Lyon", "", "En France"),
        (PLACES, "passeport", "et si j'habite à Londres ?", "À l'étranger"),
        (WAYS, "payer en ligne", "", "En ligne"),
        (WAYS, "payer en ligne", "et sur place ?", "Sur place"),  # what was said last counts
        (WAYS, "payer en ligne ou sur place", "", None),
    ],
)
def test_known_case_of_a_message_is_the_one_that_it_tells(
    labels: tuple[str, ...], query: str, latest: str, case: str | None
) -> None:
    assert known(labels, subject(query, latest=latest), heard(query, latest)) == case


@pytest.mark.parametrize(
    ("more", "case"),
    [
        ({"chosen": ("0.1",)}, "Vous êtes mineur"),
        ({"chosen": ("0.1", "0.0")}, "Vous êtes majeur"),  # the last choice
        ({"chosen": ("2.1",)}, None),  # at another fork
        ({"assumed": ("0.0",)}, "Vous êtes majeur"),
        ({"assumed": ("0.0",), "chosen": ("0.1",)}, "Vous êtes mineur"),
        ({"assumed": ("0.0",), "reopened": ("0",)}, None),
        ({"reopened": ("0",), "query": "passeport, j'ai 15 ans"}, None),  # taken back: it is asked again
        ({"assumed": ("0.0",), "query": "passeport, j'ai 15 ans"}, "Vous êtes mineur"),  # what is said counts more
    ],
)
def test_known_case_of_a_choice_is_that_until_it_is_taken_back(more: dict[str, object], case: str | None) -> None:
    about = subject(**more)  # type: ignore[arg-type]
    assert known(AGES, about, heard(about.query)) == case


def test_known_case_of_what_was_said_before_is_remembered() -> None:
    before = heard("j'habite à Londres")
    assert known(PLACES, subject(), before) == "À l'étranger"
    assert known(PLACES, subject(), before, remembered=False) is None
    assert known(PLACES, subject(assumed=("0.0",)), remembered=False) is None
    assert known(PLACES, subject("passeport à Lyon"), remembered=False) == "En France"


def test_known_case_of_an_age_told_last_is_that_of_the_child_although_the_first_question_was_about_oneself() -> None:
    about = subject("je voudrais changer de prénom", latest="il a 14 ans")
    assert known(AGES, about, heard("mon fils a 14 ans")) == "Vous êtes mineur"


def test_known_case_of_a_label_chosen_on_another_page_is_remembered() -> None:
    labels = ("Vous êtes salarié", "Vous êtes retraité")
    chosen = UserFacts().with_choice("Vous êtes retraité", "impôts")
    assert known(labels, subject(), chosen) == "Vous êtes retraité"


def test_known_case_of_a_destination_is_no_residence() -> None:
    labels = ("Vous résidez en France", "Vous vivez à l'étranger")
    assert known(labels, subject("je pars en vacances au Maroc"), heard("je pars en vacances au Maroc")) is None
    assert known(labels, subject("je vis au Maroc"), heard("je vis au Maroc")) == "Vous vivez à l'étranger"


def test_known_case_named_by_a_destination_is_none() -> None:
    text = "nous partons avec notre fille, l'autorisation est seulement pour l'étranger ?"
    labels = ("Si l'enfant vit en France", "Si l'enfant vit à l'étranger")
    assert known(labels, subject(text), heard(text)) is None


def test_known_case_destination_where_the_fork_asks_for_ones_own_place_is_none() -> None:
    text = "je pars au Canada le mois prochain, comment faire un passeport rapidement ?"
    assert known(PLACES, subject(text), heard(text)) is None
    text = "je vis au Canada, comment faire un passeport ?"
    assert known(PLACES, subject(text), heard(text)) == PLACES[1]


@pytest.mark.parametrize(
    ("said", "case"),
    [
        (("mon fils a 8 ans", "le passeport pour un enfant de son âge"), "Avant 15 ans"),
        (("j'ai 16 ans", "le passeport d'un enfant"), None),  # another person
        (("mon fils a 8 ans", "et ma fille de 16 ans ?"), "À partir de 15 ans"),
    ],
)
def test_known_case_of_an_age_is_not_widened_by_a_word_for_the_same_person(said: tuple[str, ...], case: str | None) -> None:
    assert known(("Avant 15 ans", "À partir de 15 ans"), subject(said[-1]), heard(*said)) == case


def test_known_case_of_who_goes_somewhere_is_not_abroad() -> None:
    assert known(PLACES, subject(), heard("mon fils a 8 ans, on part au Maroc en février")) is None


@pytest.mark.parametrize(("text", "excluded"), [("passeport d'un enfant", {0}), ("passeport", set()), ("j'ai 130 ans", set())])
def test_excluded_cases_leave_one(text: str, excluded: set[int]) -> None:
    ages = page("À partir de 18 ans", "Entre 15 et 17 ans", "Avant 15 ans")[1]
    assert excluded_cases(ages, subject(text), heard(text)) == excluded


@pytest.mark.parametrize(
    ("more", "text", "assumed"),
    [
        ({"assumed": ("0.0",)}, "", ["Vous êtes majeur"]),
        ({}, "", []),  # it was chosen or said
        ({"assumed": ("0.1",)}, "", []),  # another one was assumed
        ({"assumed": ("0.0",), "chosen": ("0.0",)}, "", []),
        ({"assumed": ("0.0",)}, "je suis majeur", []),
    ],
)
def test_assumed_cases_are_those_that_were_assumed_and_not_said_since(
    more: dict[str, object], text: str, assumed: list[str]
) -> None:
    entry, _ = page(*AGES)
    found = assumed_cases(entry, {(0,): 0}, subject(**more), heard(text))  # type: ignore[arg-type]
    assert [fork.labels[case] for fork, case in found] == assumed


@pytest.mark.parametrize(
    ("labels", "text", "decided"),
    [
        (AGES, "j'ai 15 ans", {"0": (0, 1)}),
        (PLACES, "j'habite à Lyon", {"0": (0, 0)}),
        (WAYS, "sur place", {"0": (0, 1)}),
        (WAYS, "combien ça coûte ?", {}),
    ],
)
def test_decided_by_a_text_are_the_cases_that_it_tells(
    labels: tuple[str, ...], text: str, decided: dict[str, tuple[int, ...]]
) -> None:
    assert decided_by(page(*labels)[0], text) == decided


@pytest.mark.parametrize(
    ("labels", "query", "excluded"),
    [
        (AGES, "passeport", ()),
        (AGES, "passeport pour mon fils de 16 ans", (0,)),
        (("Vous êtes fonctionnaire", "Vous êtes salarié", "Vous êtes étudiant"), "je suis étudiante", (0, 1)),
    ],
)
def test_excluded_cases_are_those_that_what_was_said_denies(
    labels: tuple[str, ...], query: str, excluded: tuple[int, ...]
) -> None:
    fork = page(*labels)[1]
    assert excluded_cases(fork, subject(query), heard(query)) == frozenset(excluded)
    assert excluded_cases(fork, subject(query, reopened=("0",)), heard(query)) == frozenset()
