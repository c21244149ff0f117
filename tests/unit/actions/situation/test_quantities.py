"""A figure with its unit answers a question about ranges."""

from __future__ import annotations

import pytest

from actions.situation.ages import age_said
from actions.situation.matching import picked
from actions.situation.quantities import in_range, out_of_range
from actions.situation.reading import facts_in

EXPIRY = ("Votre carte est valide", "Périmée depuis moins de 5 ans", "Périmée depuis + de 5 ans")
STAFF = ("Moins de 11 salariés", "De 11 à 49 salariés", "50 salariés ou plus")


@pytest.mark.parametrize(
    ("labels", "text", "case"),
    [
        (EXPIRY, "elle est périmée depuis 2 ans", 1),
        (EXPIRY, "depuis sept ans", 2),
        (EXPIRY, "18 mois", 1),
        (STAFF, "on est 30 salariés", 1),
        (STAFF, "200 salariés", 2),
        (("Jusqu'à 1 500 €", "Plus de 1 500 €"), "jgagne 700 e", 0),
        (STAFF, "30 euros", None),
        (STAFF, "de 5 salariés à 60 salariés", None),
        (("Par courrier", "Sur place"), "2 ans", None),
    ],
)
def test_a_quantity_picks_the_only_range_that_holds_it(labels: tuple[str, ...], text: str, case: int | None) -> None:
    assert in_range(labels, text) == case


def test_a_span_of_time_answers_the_pending_question() -> None:
    assert picked(EXPIRY, "elle est périmée depuis 2 ans") == 1


def test_the_same_for_a_spouse_or_a_parent_is_for_an_adult() -> None:
    assert min(map(int, age_said("et pour ma femme"))) == 18
    assert age_said("j'ai 16 ans, pour ma mere c'est non") == {"16"}
    assert age_said("ma femme est partie") == frozenset()


def test_not_furnished_is_empty() -> None:
    assert facts_in("j'ai dit vide pas meublé")["furnishing"] == {"empty"}


SHEDS = ("Moins de 5 m²", "Entre 5 m² et 20 m²", "Plus de 20 m²")
SENIORITY = ("Ancienneté inférieure à 1 an", "Ancienneté entre 1 an et moins de 8 ans", "Ancienneté d'au moins 8 ans")
BIRTHS = ("Avant 1955", "Entre juin et décembre 1959", "1960", "1961, 1962, 1963", "1973 ou après")
MEANS = (
    "Inférieures ou égales à 29 522 €",
    "Supérieures à 29 522 € et inférieures ou égales à 65 605 €",
    "Supérieures à 65 605 €",
)


@pytest.mark.parametrize(
    ("labels", "text", "out"),
    [
        (SHEDS, "un abri de jardin de 12m2", {0, 2}),
        (SHEDS, "un abri de 3 m² ou de 12 m²", {2}),
        (SHEDS, "un abri de jardin", set()),
        (SHEDS, "un abri à 12 €", set()),
        (SENIORITY, "licencié après 10 ans d'ancienneté", {0, 1}),
        (SENIORITY, "j'ai 52 ans, on me licencie", set()),  # an age is no span of time
        (SENIORITY, "j'y suis depuis trois ans", {0, 2}),
        (("Durée de moins de 2 mois", "Durée de plus de 2 mois"), "il veut 3 mois de caution", set()),  # an amount of money
        (BIRTHS, "je suis née en 1960", {0, 1, 3, 4}),
        (BIRTHS, "né en 1975", {0, 1, 2, 3}),
        (BIRTHS, "amende de 1960 €", set()),
        (MEANS, "je gagne 30 000 euros par an", {0, 2}),
        (MEANS, "je gagne 30 000 net par an", {0, 2}),
        (("Véhicule de plus de 4 ans", "Justificatif de moins de 6 mois"), "depuis 5 ans", {1}),
        (("Moins de 21 ans de service", "Moins de 6 mois"), "depuis 5 ans", set()),  # they do not exclude each other
        (("Âgé de moins de 18 ans", "Âgé de 18 ans ou plus"), "depuis 2 ans", set()),
    ],
)
def test_out_of_range_are_the_labels_that_exclude_a_stated_quantity(labels: tuple[str, ...], text: str, out: set[int]) -> None:
    assert out_of_range(labels, text) == out
