"""The worker's request for one turn, validated."""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.citizen_text import neutralise

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PAYLOAD = re.compile(r"\A/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?")
_MAX_CHARS = 10_000
CHANNELS = ("web", "sms")
LANGUAGES = ("fr", "en", "es", "ar", "pt", "tr", "uk")


class Malformed(Exception):
    """The request violates the contract; the message says what is wrong, without quoting it."""


@dataclass(frozen=True)
class Incoming:
    """One message for the dialogue. ``text`` is Rasa's input: a trusted payload, or a citizen's text made safe.

    ``enquiry``: search for the text without a classifier. ``number``: what may be shown of a telephone number that was in it
    before masking, and that the record keeps for a call. ``form``: the form of blocks that the worker reads
    (``core/reply_form.py``); a worker older than the forms does not send it.
    """

    conversation: str
    message_id: str
    channel: str
    language: str
    text: str
    enquiry: bool = False
    number: str = ""
    form: int = 1


def parse(body: Any, intents: set[str]) -> Incoming:
    """Returns ``body`` (decoded JSON) as an ``Incoming``. ``intents``: those allowed in a payload. Raises ``Malformed``."""
    if not isinstance(body, dict):
        raise Malformed("a JSON object is expected")
    for name in ("conversation", "message_id"):
        if not is_id(body.get(name)):
            raise Malformed(f"{name} must be 1 to 64 letters and digits")
    if body.get("channel") not in CHANNELS:
        raise Malformed(f"channel must be one of {', '.join(CHANNELS)}")
    if body.get("language") not in LANGUAGES:
        raise Malformed(f"language must be one of {', '.join(LANGUAGES)}")
    text, payload = body.get("text"), body.get("payload")
    if (text is None) == (payload is None):
        raise Malformed("exactly one of text and payload is expected")
    enquiry = body.get("enquiry", False)
    if not isinstance(enquiry, bool) or (enquiry and text is None):
        raise Malformed("enquiry must be true or false, and true only with a text")
    number = body.get("number", "")
    if not isinstance(number, str) or sum(character.isdigit() for character in number) > 2:
        raise Malformed("number must be a hint of at most two digits")
    form = body.get("form", 1)
    if not isinstance(form, int) or form < 1:
        raise Malformed("form must be a number from 1 on")
    rasa_input = _payload(payload, intents) if text is None else _text(text)
    ids = (body["conversation"], body["message_id"], body["channel"], body["language"])
    return Incoming(*ids, rasa_input, enquiry, number, form)


def is_id(value: Any) -> bool:
    """Decides whether ``value`` is a valid id of a conversation or a message."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _text(text: Any) -> str:
    if not isinstance(text, str) or len(text) > _MAX_CHARS:
        raise Malformed(f"text must be a string of at most {_MAX_CHARS} characters")
    safe = neutralise(text)
    if not safe:
        raise Malformed("text is blank")
    return safe


def _payload(payload: Any, intents: set[str]) -> str:
    match = _PAYLOAD.fullmatch(payload) if isinstance(payload, str) and len(payload) <= _MAX_CHARS else None
    if match is None or match["intent"] not in intents:
        raise Malformed("payload must name an intent of the domain")
    try:
        entities = json.loads(match["entities"] or "{}")
    except ValueError as error:
        raise Malformed("payload must end with a JSON object") from error
    return f"/{match['intent']}{json.dumps(entities, ensure_ascii=False)}"
