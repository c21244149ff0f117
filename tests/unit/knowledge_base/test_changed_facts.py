"""Which differences of two versions of an entry are facts: amounts, deadlines, conditions."""

from __future__ import annotations

import pytest

from core.entry import Case, Cases, Chapter, Entry, TextBlock
from knowledge_base.quality.facts.changes import changed_facts, words_of


def _entry(*lines: str, case: str = "Vous êtes majeur") -> Entry:
    cases = Cases(cases=(Case(label=case, body=(TextBlock(markdown="Venez seul."),)), Case(label="Autre cas", body=())))
    body = (Chapter(heading="Coût", body=(TextBlock(markdown="\n\n".join(lines)),)), cases)
    return Entry(id="F1", collection="ville", title="Carte", introduction="La carte sert à voter.", body=body)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("La carte coûte 25 €.", "La carte coûte 30 €.", "amount"),
        ("Le taux est de 5,5 %.", "Le taux est de 20 %.", "amount"),
        ("| Adulte | 86 € |", "| Adulte | 96 € |", "amount"),
        ("Vous avez 15 jours pour répondre.", "Vous avez 1 mois pour répondre.", "deadline"),
        ("Déclarez vos revenus avant le 8 juin.", "Déclarez vos revenus avant le 5 juin.", "deadline"),
        ("Apportez 2 photos d'identité.", "Apportez 1 photo d'identité.", "condition"),
        ("Vous devez résider en France.", "Vous devez résider dans la commune.", "condition"),
        ("La carte est gratuite.", "La carte est payante.", "condition"),
        ("Un timbre de 25 € est exigé en cas de perte.", "La démarche se fait en mairie.", "amount"),
    ],
)
def test_a_changed_fact_is_found_with_its_kind(old: str, new: str, kind: str) -> None:
    (found,) = changed_facts(_entry(old, "Venez le matin."), _entry(new, "Venez le matin."))
    assert (found.kind, found.key in words_of(old), found.key in words_of(new)) == (kind, True, False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("La carte coûte **25 €**.", "La carte coûte 25\u00a0€."),
        ("Rendez-vous en mairie.", "Rendez-vous à l'hôtel de ville."),
        ("Le coût de la carte est 25 €.", "La carte coûte 25 €, payés sur place."),
        ("La carte coûte 25 €. Elle dure 10 ans.", "Elle dure 10 ans. La carte coûte 25 €."),
        ("La carte coûte 25 €.", "- La carte coûte 25 €."),
    ],
)
def test_another_wording_or_place_is_no_changed_fact(old: str, new: str) -> None:
    assert changed_facts(_entry(old), _entry(new)) == ()


def test_the_label_of_a_case_is_a_condition() -> None:
    (found,) = changed_facts(_entry(case="Vous avez plus de 18 ans"), _entry(case="Vous avez plus de 16 ans"))
    assert (found.kind, found.new) == ("deadline", "Vous avez plus de 16 ans")


def test_words_that_the_new_version_still_has_elsewhere_do_not_mark_an_old_answer() -> None:
    old = _entry("Pour un adulte, la carte coûte 25 € en mairie.", "Pour un enfant, la carte coûte 10 € en mairie.")
    new = _entry("Pour un adulte, la carte coûte 10 € en mairie.", "Pour un enfant, la carte coûte 10 € en mairie.")
    (found,) = changed_facts(old, new)
    assert found.key in words_of("Pour un adulte, la carte coûte 25 € (au 01/02/2020) en mairie.")
    assert found.key not in words_of("Pour un enfant, la carte coûte 10 € en mairie.")


def test_of_a_withdrawn_entry_every_fact_has_changed() -> None:
    assert [fact.kind for fact in changed_facts(_entry("La carte coûte 25 €. Venez le matin."), None)] == [
        "amount",
        "condition",
    ]
