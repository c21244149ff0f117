"""A reply becomes contents to read and buttons to press."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.tools.evaluation.replies import CARD, answer, choices, option, reply, signed
from tools.evaluation.first_reply.contents import Content, in_hand, is_mini_card
from tools.evaluation.first_reply.folding import folded, states
from tools.evaluation.payloads import entry_of, inner_payload


def test_in_hand_answer_and_cards_keeps_three_in_order() -> None:
    cards = [option(f"F{number}", extract=CARD) for number in range(2, 6)]
    shown = in_hand(reply(answer("F1", " Le texte. "), choices(*cards)), "web")
    assert shown.contents == (Content("F1", "Le texte.", True), Content("F2", CARD, False), Content("F3", CARD, False))
    assert shown.buttons == ("F2", "F3", "F4", "F5")


@pytest.mark.parametrize("block", [answer(body="  "), {"type": "text", "text": "Bonjour."}, choices(option("F1"))])
def test_in_hand_without_a_text_has_no_content(block: dict[str, Any]) -> None:
    assert in_hand(reply(block), "web").contents == ()


@pytest.mark.parametrize(
    ("extract", "is_card"),
    [
        (CARD, True),
        ("Délai : 2 mois.", False),  # too short
        ("Le délai est de deux mois", False),  # ends in the middle
        ("Le délai est de deux mois (ou trois)", True),
        ("Vous devez venir avec « le formulaire »", True),
        (f"{'x' * 279}.", True),
        (f"{'x' * 280}.", False),
    ],
)
def test_mini_card_by_length_and_end_is_decided(extract: str, *, is_card: bool) -> None:
    assert is_mini_card(extract) is is_card


def test_in_hand_option_that_leads_to_no_page_is_no_card() -> None:
    none = {"label": "Aucune", "payload": signed('/none_of_these{"theme": "Logement"}'), "extract": CARD}
    assert in_hand(reply(choices(none)), "web") == in_hand(reply(choices({"label": "Aucune", "payload": ""})), "web")


def test_in_hand_buttons_are_seven_at_most_and_each_once() -> None:
    options = [option(f"F{number}") for number in (1, 1, 2, 3, 4, 5, 6, 7, 8)]
    assert in_hand(reply(choices(*options)), "web").buttons == tuple(f"F{number}" for number in range(1, 8))


def test_in_hand_option_with_an_entry_prefers_it_to_the_payload() -> None:
    assert in_hand(reply(choices({**option("F1"), "entry": "F2"})), "web").buttons == ("F2",)


def test_in_hand_characters_count_until_the_first_content_ends() -> None:
    lead = {"type": "text", "text": "12345"}
    assert in_hand(reply(lead, answer(text="123", body="1234567890"), answer(body="more")), "web").chars == 5 + 3 + 10
    cards = choices(option("F1", extract="short"), option("F2", extract=CARD), option("F3", extract=CARD))
    assert in_hand(reply(lead, cards), "web").chars == 5 + len(CARD)


def test_in_hand_by_sms_counts_what_is_sent_only() -> None:
    blocks = (answer("F1", "**Délai** : deux mois pour un passeport."), choices(option("F2", extract=CARD)))
    sent = reply(*blocks, text="Passeport\nDelai : deux mois pour un pass...")
    assert [content.entry for content in in_hand(sent, "sms").contents] == ["F1"]
    assert in_hand(sent, "sms").buttons == ("F2",)


@pytest.mark.parametrize("label", ["Passeport", "Passeport " * 40])  # a long one travels compressed
def test_inner_payload_of_a_signed_token_is_read_without_the_key(label: str) -> None:
    assert inner_payload(signed('/choose{"entry": "F1"}', label)) == '/choose{"entry": "F1"}'


@pytest.mark.parametrize("token", ["", "nonsense", "a.b", ".a.b", "/menu"])
def test_inner_payload_of_no_token_leads_nowhere(token: str) -> None:
    assert entry_of(inner_payload(token)) == ""


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("L’Œuvre coûte **86 €** (au 1er janvier 2026)…", "l'oeuvre coute 86 €..."),
        ("- un\n* deux\n• trois", "un deux trois"),
        ("voir [la page](https://x.fr/a) (https://y.fr)", "voir la page"),
        ("« oui » – “non”", "oui - non"),
        ("fixé (au 01/02/2026)  à\u00a05 €", "fixe a 5 €"),
    ],
)
def test_folded_text_keeps_its_words(written: str, plain: str) -> None:
    assert folded(written) == plain


def test_states_a_number_inside_a_longer_one_does_not() -> None:
    assert states("il coute 86 € en 2026", "86 €")
    assert not states("il coute 186 €", "86 €")
    assert not states("en 2026", "202")
