"""The payloads of buttons. The service signs them for one conversation."""

from __future__ import annotations

import json
from typing import Any

from itsdangerous import URLSafeSerializer

_ANY_KEY = "-"  # the signature is not checked


def inner_payload(signed: str) -> str:
    """Returns the payload for Rasa (``/choose{"entry": "F1"}``) inside ``signed``; empty if it cannot be read."""
    if signed.startswith("/"):
        return signed
    _, value = URLSafeSerializer(_ANY_KEY).loads_unsafe(signed)
    return str(value[0]) if isinstance(value, list) and value else ""


def entry_of(payload: str) -> str:
    """Returns the id of the entry that the inner ``payload`` leads to; empty if there is none."""
    _, brace, fields = payload.partition("{")
    try:
        named: Any = json.loads(brace + fields)
    except ValueError:
        return ""
    return str(named.get("entry", ""))
