"""Places in messages: what counts, what is asked back, what is no place."""

from __future__ import annotations

import pytest

from places.communes.index import Places
from places.mentions.finder import find
from tests.unit.places.support import places


@pytest.fixture(scope="module")
def known() -> Places:
    return places()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("J'habite à Rennes, où voter ?", ["35238"]),
        ("mairie st etienne svp", ["42218"]),
        ("préfecture du Mans", ["72181"]),
        ("la caf de grenobel", ["38185"]),
        ("j'habite saint denis 93", ["93066"]),
        ("Saint-Denis de la Réunion, code postal 97400", ["97411"]),
        ("mairie de Valence", ["26362"]),
        ("mairie de cherbourg", ["50129"]),
        ("j'habite à Querqueville", ["50129"]),
        ("mairie lyon 3", ["69383"]),
        ("j'habite dans le 3e arrondissement de Lyon", ["69383"]),
        ("69003", ["69383"]),
        ("et à Rennes ?", ["35238"]),
        ("j'habite la Creuse", ["23"]),
        ("je vis en Ille-et-Vilaine", ["35"]),
        ("j'habite dans le 93", ["93"]),
        ("je suis à Rennes Métropole", ["243500139"]),
        ("j'ai déménagé à Rennes le mois dernier", ["35238"]),
        ("né à Grenoble, j'habite à Rennes", ["35238"]),
        ("mairie de Saint-Denis", ["97411", "93066"]),
    ],
)
def test_find_in_message_with_a_place_returns_it_or_its_homonyms(known: Places, text: str, codes: list[str]) -> None:
    (mention,) = find(text, known)
    assert [place.code for place in mention.places] == codes


@pytest.mark.parametrize(
    "text",
    [
        "j'habite rue de Rennes",
        "avenue de Lyon, un arbre est tombé",
        "je déménage à Rennes le mois prochain",
        "né à Rennes en 1970",
        "je travaille à Grenoble",
        "je m'appelle Valence",
        "Mme Rennes ne répond pas",
        "j'habite en ville",
        "je suis à la rue",
        "le train pour Lyon est annulé",
        "un ami de Rennes m'a prêté sa voiture",
        "le prix est de 35000 euros",
        "dossier numéro 35000",
        "bonjour",
        "",
    ],
)
def test_find_in_message_about_something_else_returns_nothing(known: Places, text: str) -> None:
    assert find(text, known) == ()


def test_find_near_a_departement_takes_the_homonym_there(known: Places) -> None:
    (mention,) = find("mairie de Saint-Denis", known, near="93")
    assert [place.code for place in mention.places] == ["93066"]


def test_find_in_an_endless_message_reads_its_beginning_only(known: Places) -> None:
    assert find("a " * 50_000 + "mairie de Rennes", known) == ()


def test_find_word_without_accents_said_again_and_again_is_looked_up_a_few_times(
    known: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cost 6.5 ms: a word without its accents is looked up once for each accent that it may have."""
    looked_up: list[str] = []

    def unknown(word: str, _: str) -> bool:
        looked_up.append(word)
        return False

    monkeypatch.setattr("places.mentions.context.simplemma.is_known", unknown)
    find("regleme " * 250, known)
    assert len(looked_up) < 100
