"""Which office a message asks for; the messages that only name one were found among the training data."""

from __future__ import annotations

import pytest

from places.offices.request import Request, errand_in, follow_up_in, request_in


@pytest.mark.parametrize(
    ("text", "kind", "asked"),
    [
        ("horaires déchetterie", "decheterie", "hours"),
        ("où se trouve la CPAM ?", "cpam", "where"),
        ("c'est où la caf ?", "caf", "where"),
        ("la sous-préfecture est-elle ouverte demain ?", "sous_prefecture", "hours"),
        ("quel est le numéro du tribunal", "tribunal", "phone"),
        ("where is the nearest town hall", "mairie", "where"),
        ("l'adresse de la trésorerie", "impots", "where"),
        ("mairie de Rennes", "mairie", "where"),
    ],
)
def test_request_in_message_that_asks_for_an_office_returns_it(text: str, kind: str, asked: str) -> None:
    assert request_in(text, ("rennes",)) == Request(kind, asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "impôts",
        "tribunal",
        "bonjour à la mairie",
        "vous êtes quelle mairie ?",
        "pacs notaire ou mairie",
        "où sont conservés les actes d'état civil ?",
        "j'suis frontalier, où que j'paye mes impôts",
        "quelle pension de la sécu",
        "je cherche comment déclarer mes impôts",
        "quelqu'un se fait passer pour la CAF au téléphone",
        "je n'arrive pas à joindre la caf",
        "numero secu provisoire",
        "adresse du tribunal de commerce",
        "la mairie a fermé ma rue",
        "comment changer d'adresse à la CAF",
        "horaires de travail de nuit",
    ],
)
def test_request_in_message_that_only_names_an_office_returns_nothing(text: str) -> None:
    assert request_in(text) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("et samedi ?", "hours"),
        ("c'est ouvert demain ?", "hours"),
        ("son numéro ?", "phone"),
        ("c'est où ?", "where"),
        ("à 18h ?", "hours"),
        ("combien ça coûte ?", None),
        ("et pour un mineur ?", None),
    ],
)
def test_goes_on_about_the_office_shown_returns_what_is_asked(text: str, asked: str | None) -> None:
    assert follow_up_in(text) == asked


def test_errand_in_message_without_a_place_asked_for_returns_nothing() -> None:
    assert errand_in("où refaire mon passeport ?") == "mairie"
    assert errand_in("combien coûte un passeport ?") is None
