"""Which earlier question a message returns to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from actions.messages.topic_switch import is_return, turned_to
from actions.turn.earlier_question import EarlierQuestion, earlier_question


def said(text: str) -> Mapping[str, Any]:
    return {"event": "user", "text": text}


def shown(*titles: str) -> Mapping[str, Any]:
    return {"event": "bot", "data": {"custom": {"options": [{"label": title} for title in titles]}}}


CONVERSATION = (
    said("ma femme est handicapée, a-t-elle droit à une allocation ?"),
    shown("Allocation aux adultes handicapés (AAH)"),
    said("/choose{}"),
    said("quand est ouverte la déchèterie ?"),
    said("je suis enceinte, quand est-ce que j'arrête ?"),
    shown("Le congé de maternité"),
)


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("l'allocation de ma femme : on dépose le dossier où", CONVERSATION[0]["text"]),
        ("mon congé, si c'est des jumeaux ça change ?", CONVERSATION[4]["text"]),
        ("la déchèterie, combien ça coûte ?", CONVERSATION[3]["text"]),
        ("le bail, quel préavis ?", ""),
    ],
)
def test_returns_to_the_message_that_shares_its_words_or_those_of_its_titles(text: str, earlier: str) -> None:
    found = earlier_question((*CONVERSATION, said(text)), text)
    assert (found.text if found else "") == earlier


def test_returns_the_page_that_answered() -> None:
    card = {"event": "bot", "data": {"custom": {"entry": "F1", "block": {"title": "Passeport"}}}}
    events = (said("ma fille part en Italie"), card, said("autre chose"), said("le passeport de ma fille"))
    assert earlier_question(events, "le passeport de ma fille") == EarlierQuestion("ma fille part en Italie", "F1")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("bon, on revient à comme avant, l'allocation de ma femme : c'est où", "l'allocation de ma femme : c'est où"),
        ("Excusez-moi, je reviens à la pension : et si je me remarie ?", "pension : et si je me remarie ?"),
        ("merci. et pour revenir à mon congé, ça change ?", "mon congé, ça change ?"),
        ("comme avant pour le passeport : où ?", "le passeport : où ?"),
        ("back to my visa, how long", "visa, how long"),
    ],
)
def test_a_return_is_told_from_another_subject(text: str, asked: str) -> None:
    assert (turned_to(text), is_return(text)) == (asked, True)


@pytest.mark.parametrize("text", ["autre question : le chien aboie", "je reviens de vacances", "retour au travail"])
def test_other_messages_return_to_nothing(text: str) -> None:
    assert not is_return(text)
