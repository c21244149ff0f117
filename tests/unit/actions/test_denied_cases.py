"""A case or a fact that a message denies, or speaks of as past, is not the citizen's."""

from __future__ import annotations

import pytest

from actions.policy.new_question import in_fitting_order
from actions.situation.ages import about_child, age_said
from actions.situation.denied_words import contradicted
from actions.situation.matching import named_in
from actions.situation.reading import facts_in
from retrieval.contracts import Hit, RetrievalResult

_TIGHT = ["Zone tendue", "Autre page"]
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
        ("comment demander la nationalité française", {}),
        ("mon père a la nationalité française", {"nationality": "french"}),
    ],
)
def test_said_leaves_out_what_is_denied_past_or_elsewhere(text: str, facts: dict[str, str]) -> None:
    found = facts_in(text)
    assert {facet: " ".join(sorted(values)) for facet, values in found.items()} == facts


@pytest.mark.parametrize(
    ("labels", "text", "expected"),
    [
        (["Le défunt a eu des enfants", "Le défunt n'a pas eu d'enfants"], "qui hérite si pas d'enfant et pas marié", {0}),
        (["Le défunt a eu des enfants", "Le défunt n'a pas eu d'enfants"], "pas d'enfant commun, mais des enfants", set()),
        (["Défunt marié", "Défunt non marié"], "qui hérite si pas d'enfant et pas marié", {0}),
        (["Passeport valide", "Passeport périmé", "Pas de passeport"], "je n'ai pas de passeport valide", {0}),
        (["Passeport valide", "Passeport périmé", "Pas de passeport"], "j'ai jamais eu de passeport", {0, 1}),
        (["Procédure sans titre exécutoire", "Procédure avec titre exécutoire"], "en l'absence de titre exécutoire", {1}),
        (["Bail signé par un seul concubin", "Bail signé par les deux"], "je n'ai pas de bail", set()),
        (["Défunt marié", "Défunt non marié"], "mon père était marié", set()),
    ],
)
def test_contradicted_label_has_a_counterpart(labels: list[str], text: str, expected: set[int]) -> None:
    assert contradicted(labels, text) == expected


_EMPLOYED, _SELF_EMPLOYED, _OTHER = "Prime d'un salarié", "Prime d'un non-salarié", "Impôt"


def _hit(title: str) -> Hit:
    return Hit(entry_id=title, collection="c", version=1, title=title, score=1.0)


@pytest.mark.parametrize(
    ("titles", "order", "decision"),
    [
        ([_EMPLOYED, _SELF_EMPLOYED, _OTHER], [_SELF_EMPLOYED, _OTHER, _EMPLOYED], "choices"),
        ([_SELF_EMPLOYED, _EMPLOYED], [_SELF_EMPLOYED, _EMPLOYED], "answered"),
    ],
)
def test_sure_page_that_is_contradicted_is_not_answered_from(titles: list[str], order: list[str], decision: str) -> None:
    result = RetrievalResult(hits=tuple(map(_hit, titles)), confidence=0.9, decision="answered")
    fitting = in_fitting_order(result, "la prime, je ne suis pas salarié")
    assert ([hit.title for hit in fitting.hits], fitting.decision) == (order, decision)


@pytest.mark.parametrize("text", ["qui herite si pas d'enfant", "je suis sans enfant", "je n'ai jamais eu d'enfants"])
def test_children_that_one_does_not_have_state_no_age(text: str) -> None:
    assert not age_said(text)
    assert not about_child(text)
