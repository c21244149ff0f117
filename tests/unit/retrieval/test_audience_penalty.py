"""Pages for some people only, and the messages that name these people."""

from __future__ import annotations

import pytest

from retrieval.index.terms_file import Terms
from retrieval.ranking.audience_penalty import AudiencePages, limited_audiences
from retrieval.terms.analysis import terms
from tests.unit.retrieval.samples import entry

ENTRIES = (
    entry("F1", "Congé de paternité d'un salarié du secteur privé", audiences=("particuliers", "professionnels")),
    entry("F2", "Fonction publique : congé de paternité", audiences=("particuliers",)),
    entry("F3", "Mutuelle : obligations de l'employeur", audiences=("professionnels",)),
    entry("F4", "Carte d'identité d'un mineur", audiences=("particuliers",)),
)
PAGES = AudiencePages(Terms.of(ENTRIES), [one.audiences for one in ENTRIES])


def penalty(message: str, audience: str | None = None) -> list[float]:
    return [float(points) for points in PAGES.penalty(terms(message), audience)]


def test_a_message_that_names_nobody_is_rather_about_the_page_for_everyone() -> None:
    assert penalty("congé de paternité") == [0, 2, 1, 1]


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("je suis fonctionnaire, congé de paternité ?", 1),
        ("congé paternité des agents territoriaux", 1),
        ("mes salariés doivent-ils prendre la mutuelle", 2),
        ("carte d'identité pour ma fille", 3),
        ("ma fille a 12 ans", 3),
    ],
)
def test_who_is_named_loses_nothing(message: str, place: int) -> None:
    assert penalty(message)[place] == 0


def test_who_searches_the_pages_of_one_audience_has_named_it() -> None:
    assert penalty("mutuelle", "professionnels")[2] == 0
    assert penalty("mutuelle", "particuliers")[2] == 1


def test_a_car_names_no_professional() -> None:
    assert penalty("vendre mon auto")[2] == 1


def test_every_group_names_pages_and_words() -> None:
    assert limited_audiences()
    for group in limited_audiences():
        assert bool(group.title) != bool(group.audience)
        assert terms(group.words)
        assert group.penalty > 0
