"""Replies as the service gives them, and a service that gives them, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from itsdangerous import URLSafeSerializer

from tools.evaluation.first_reply.files import GradedQuestion

CARD = "Le délai est de deux mois."  # long enough for a mini card


def answer(entry: str = "F1", body: str = "Le passeport coûte 86 €.", **more: Any) -> dict[str, Any]:
    return {"type": "answer", "text": "", "entry": entry, "title": "Passeport", "body": body, **more}


def option(entry: str = "F1", *, label: str = "Passeport", **more: Any) -> dict[str, Any]:
    """A button to the page ``entry``, signed with a key that nobody else knows."""
    payload = f"/choose{json.dumps({'entry': entry, 'passage': 4})}"
    return {"label": label, "payload": signed(payload, label), **more}


def signed(payload: str, label: str = "") -> str:
    return str(URLSafeSerializer("a key", salt="guichet choice c1").dumps([payload, label]))


def choices(*options: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "choices", "text": "", "purpose": "entries", "options": list(options)}


def reply(*blocks: Mapping[str, Any], outcome: str = "answered", text: str = "", entry: str = "") -> dict[str, Any]:
    return {"conversation": "c1", "outcome": outcome, "text": text, "blocks": list(blocks), "entry": entry}


def graded(*must: Sequence[str], **grades: int) -> GradedQuestion:
    return GradedQuestion("q1", "combien coûte un passeport ?", grades, "F1", tuple(map(tuple, must)))


class FakeService:
    """Gives the replies of ``script`` by what is said or pressed, and remembers what it was asked."""

    def __init__(self, script: Mapping[str, dict[str, Any]]) -> None:
        self.script = script
        self.asked: list[tuple[str, str, str | None, str | None]] = []

    async def turn(
        self, text: str, *, channel: str, language: str | None, conversation: str | None = None, payload: str | None = None
    ) -> dict[str, Any]:
        self.asked.append((channel, text, conversation, payload))
        return self.script[text]
