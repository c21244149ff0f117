from __future__ import annotations

from typing import Any

import pytest

from bot.turns import TurnFailed, assemble
from core.turns import Turn

CARD = {"type": "answer", "entry": "T1", "entry_version": 2, "snapshot": "s", "title": "T", "body": "B"}
CARD |= {"source": {"name": "n", "url": "https://exemple.fr"}}


def bot(text: str, **custom: Any) -> dict[str, Any]:
    return {"event": "bot", "text": text, "data": {"custom": custom or None}}


def test_text_with_an_outcome() -> None:
    turn = assemble([{"event": "user", "text": "bonjour"}, bot("Bonjour.", outcome="small_talk"), {"event": "action"}])
    assert turn == {"outcome": "small_talk", "blocks": [{"type": "text", "text": "Bonjour."}], "replayed": False}
    Turn.model_validate(turn)


def test_a_card_takes_its_words_from_the_messages() -> None:
    turn = Turn.model_validate(
        assemble(
            [
                bot("Voici.", outcome="answered", block=CARD, entry="T1", entry_version=2, snapshot="s", confidence=0.5),
                bot("[Suite](https://exemple.fr)", fill="more"),
                bot("Ancien.", fill="notice"),
                bot("Voir aussi", block={"type": "choices", "purpose": "related", "options": []}),
            ]
        )
    )
    card, related = turn.blocks
    assert card.type == "answer"
    assert (card.text, card.notice, card.body) == ("Voici.", "Ancien.", "B\n\n[Suite](https://exemple.fr)")
    assert related.text == "Voir aussi"
    assert (turn.entry, turn.entry_version, turn.snapshot, turn.confidence) == ("T1", 2, "s", 0.5)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [bot("Sans outcome")],
        [bot("Un", outcome="small_talk"), bot("Deux", outcome="answered")],
        [bot("Sans carte", fill="notice", outcome="answered")],
        [bot("Voici", block=CARD, outcome="answered"), bot("?", fill="title")],
        [bot("Voici", block=CARD, outcome="answered"), bot("Retour", fill="option", payload="/go_back")],
    ],
)
def test_a_turn_without_exactly_one_outcome_has_failed(events: list[dict[str, Any]]) -> None:
    with pytest.raises(TurnFailed):
        assemble(events)


def test_buttons_of_the_domain_are_a_menu() -> None:
    said = bot("Que voulez-vous ?", outcome="small_talk")
    said["data"]["buttons"] = [{"title": "Annuler", "payload": "/cancel"}]
    (menu,) = Turn.model_validate(assemble([said])).blocks
    assert menu.type == "choices"
    assert (menu.purpose, menu.text) == ("menu", "Que voulez-vous ?")
    assert [(option.label, option.payload) for option in menu.options] == [("Annuler", "/cancel")]


def test_what_a_turn_asks_of_the_record_is_passed_on() -> None:
    turn = Turn.model_validate(assemble([bot("Je demande.", outcome="handoff_waiting", handoff={"want": "wait"})]))
    assert turn.handoff is not None
    assert turn.handoff.want == "wait"


def test_a_button_may_come_with_its_own_words() -> None:
    block = {"type": "choices", "purpose": "cases", "options": [{"label": "En France", "payload": "/a"}]}
    events = [bot("Où ?", outcome="guided", block=block), bot("Retour", fill="option", payload="/go_back")]
    (choices,) = Turn.model_validate(assemble(events)).blocks
    assert choices.type == "choices"
    assert [(option.label, option.payload) for option in choices.options] == [("En France", "/a"), ("Retour", "/go_back")]
    assert assemble(events) == assemble(events)


def test_assembling_does_not_change_the_events() -> None:
    events = [bot("Voici.", outcome="answered", block=CARD), bot("Ancien.", fill="notice")]
    assert assemble(events) == assemble(events)
