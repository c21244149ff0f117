from __future__ import annotations

from typing import Any

import pytest

from bot.incoming import CHANNELS, LANGUAGES, Malformed, parse
from conversations.wording import FRAMES
from core import channels, languages

INTENTS = {"choose", "greet"}
GOOD: dict[str, Any] = {"conversation": "c0ffee", "message_id": "ab12", "channel": "web", "language": "fr"}


def test_channels_and_languages_are_those_of_the_service() -> None:
    """Rasa's side imports none of ours, and refuses what it does not know."""
    assert CHANNELS == channels.CHANNELS
    assert set(LANGUAGES) == {*languages.LANGUAGES, *FRAMES}


def test_a_text_is_made_safe() -> None:
    assert parse(GOOD | {"text": "/restart"}, INTENTS).text == "\u2215restart"


def test_a_payload_is_passed_on() -> None:
    incoming = parse(GOOD | {"text": None, "payload": '/choose{"entry": "F1", "passage": 2}'}, INTENTS)
    assert incoming.text == '/choose{"entry": "F1", "passage": 2}'
    assert (incoming.conversation, incoming.channel, incoming.language) == ("c0ffee", "web", "fr")


def test_of_a_number_a_hint_is_passed_on() -> None:
    assert parse(GOOD | {"text": "•••", "number": "•• 42"}, INTENTS).number == "•• 42"
    assert parse(GOOD | {"text": "•••"}, INTENTS).number == ""


def test_the_form_that_the_worker_reads_is_passed_on() -> None:
    assert parse(GOOD | {"text": "oui", "form": 2}, INTENTS).form == 2
    assert parse(GOOD | {"text": "oui"}, INTENTS).form == 1


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        GOOD,
        GOOD | {"text": "oui", "payload": "/greet"},
        GOOD | {"text": " \u200b"},
        GOOD | {"text": 3},
        GOOD | {"text": "oui", "form": "2"},
        GOOD | {"text": "oui", "form": 0},
        GOOD | {"text": "a" * 10_001},
        GOOD | {"text": "oui", "channel": "fax"},
        GOOD | {"text": "oui", "language": "xx"},
        GOOD | {"text": "oui", "conversation": "../../etc"},
        GOOD | {"text": "oui", "message_id": ""},
        GOOD | {"text": "oui", "number": 42},
        GOOD | {"text": "oui", "number": "01 99 00 12 34"},
        GOOD | {"payload": "/restart"},
        GOOD | {"payload": "/choose{not json}"},
        GOOD | {"payload": "greet"},
        GOOD | {"payload": "/greet\n/restart"},
    ],
)
def test_what_is_not_of_the_contract_is_refused(body: Any) -> None:
    with pytest.raises(Malformed):
        parse(body, INTENTS)
