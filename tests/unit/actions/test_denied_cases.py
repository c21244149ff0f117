"""A case or a fact that a message denies, or speaks of as past, is not the citizen's."""

from __future__ import annotations

import pytest

from actions.situation.matching import named_in
from actions.situation.reading import facts_in

_TIGHT = ["Zone tendue", "Autre"]
_PROTECTED = ["En secteur protégé", "Hors secteur protégé"]


@pytest.mark.parametrize(
    ("labels", "text", "expected"),
    [
        (_TIGHT, "mon appartement est en zone tendue", 0),
        (_TIGHT, "un appartement hors zone tendue", None),
        (_TIGHT, "Limoges, zone non tendue", None),
        (_TIGHT, "ce n'est pas en zone tendue", None),
        (_PROTECTED, "au fond de notre terrain, hors secteur protégé", 1),
        (_PROTECTED, "un abri hors lotissement", None),
        (["En France", "À l'étranger"], "j'ai la nationalité française", None),
        (["En France", "À l'étranger"], "le mariage a lieu en France", 0),
        (["Vous êtes français", "Vous êtes étranger"], "je vis en France", None),
        (["Vous êtes locataire", "Vous êtes propriétaire"], "je ne suis ni locataire ni propriétaire", None),
        (["Salarié", "Fonctionnaire"], "ex fonctionnaire, combien de jours", None),
        (["Pacs", "Mariage"], "nous n'avons pas de pacs, mais un mariage est prévu", 1),
    ],
)
def test_named_in_words_that_are_denied_name_no_case(labels: list[str], text: str, expected: int | None) -> None:
    assert named_in(labels, text) == expected


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("je suis fonctionnaire", {"work": "civil_servant"}),
        ("je ne suis pas fonctionnaire", {}),
        ("ex fonctionnaire, maintenant dans le privé", {"work": "employee"}),
        ("je suis plus étudiant depuis juin", {}),
        ("avant j'étais en meublé", {}),
        ("mon permis n'a pas été volé, je l'ai perdu", {"request": "loss"}),
        ("je travaille en Suisse", {}),
        ("je déménage bientôt à Bruxelles", {}),
        ("j'habite à Bruxelles", {"country": "eu"}),
        ("j'ai une carte de 10 ans", {}),
        ("un bail de 3 ans", {}),
    ],
)
def test_said_leaves_out_what_is_denied_past_or_elsewhere(text: str, facts: dict[str, str]) -> None:
    found = facts_in(text)
    assert {facet: " ".join(sorted(values)) for facet, values in found.items()} == facts
