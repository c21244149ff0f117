"""A figure with its unit answers a question about ranges."""

from __future__ import annotations

import pytest

from actions.situation.ages import age_said
from actions.situation.matching import picked
from actions.situation.quantities import in_range
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
