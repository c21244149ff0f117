"""What a message asks for, and where a page says it."""

from __future__ import annotations

import pytest

from actions.messages.aspects import asked_in, aspects, passages_on
from actions.messages.plain_words import plain, respelled
from core.entry import Chapter, Entry, TextBlock


def page(*chapters: tuple[str, str]) -> Entry:
    body = tuple(Chapter(heading=heading, body=(TextBlock(markdown=text),)) for heading, text in chapters)
    return Entry(id="P1", collection="test", title="Apa", introduction="Apa", body=body)


def test_an_income_that_is_stated_is_about_the_conditions_of_means() -> None:
    for text in ("je gagne 1500 euros par mois", "elle a 1100 euros de retraite", "mes revenus sont de 24 000 €"):
        aspect, rest = asked_in(plain(text))
        assert aspect is not None, text
        assert (aspect.name, rest.strip()) == ("means", "")
    assert passages_on(page(("Dépôt", "Au guichet."), ("Plafonds de ressources", "Au plus 100 €.")), aspects()["means"]) == [2]


def test_a_heading_that_begins_with_what_is_asked_comes_first() -> None:
    apa = page(("Révision du montant", "Au plus 100 €."), ("Montant", "Au plus 90 €."))
    assert passages_on(apa, aspects()["amount"]) == [2, 1]


def test_the_address_of_a_link_states_no_figure() -> None:
    assert not aspects()["amount"].is_said_in("[Département](https://annuaire.fr/?q=Conseil+d%C3%A9partemental)")


@pytest.mark.parametrize("text", ["mon congé dure combien de temps", "gratuit ou pas ?", "et duré"])
def test_more_ways_of_asking(text: str) -> None:
    assert asked_in(plain(text))[0] is not None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("jé un cdi depui 3 ans", "j'ai un cdi depuis 3 ans"),
        ("cb j vé toucher", "combien je vais toucher"),
        ("on fé coment", "on fait comment"),
        ("jlé perdu", "je l'ai perdu"),
        ("déjà payé", "déjà payé"),
    ],
)
def test_sms_writing_is_spelled_out_for_a_search(written: str, meant: str) -> None:
    assert respelled(written) == meant
