"""A stand-in for Rasa. It imports nothing of the service, so that it starts in a moment as a process of its own."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import FastAPI, Header, Request, Response

SECRET = "internal-secret"


@dataclass
class FakeRasa:
    """Answers as our input channel does: the secret, idempotency by message id, 503 when a turn failed.

    ``handled`` lists (conversation, text or payload) in the order in which turns were applied. ``failing`` is how many
    requests are answered with 503 from now on; while ``gate`` is cleared, turns do not end, and after ``room`` more it closes
    by itself. ``traces``: each call's header.
    """

    handled: list[tuple[str, str]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    calls: int = 0
    failing: int = 0
    room: int = -1
    forgotten: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    turns: dict[str, dict[str, Any]] = field(default_factory=dict)
    busy: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    overlaps: int = 0

    def __post_init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/webhooks/guichet/turns")
        async def turn(request: Request, x_guichet_secret: str = Header("")) -> Response:
            if x_guichet_secret != SECRET:
                return Response(status_code=401)
            self.traces.append(request.headers.get("traceparent", ""))
            began = time.time_ns()
            response = await self._turn(await request.json())
            response.headers["x-guichet-parts"] = f"understand={began}-{time.time_ns()}, Sophie={began}-1"
            return response

        @app.delete("/webhooks/guichet/conversations/{conversation}", status_code=204)
        async def forget(conversation: str) -> None:
            self.forgotten.append(conversation)

        @app.get("/webhooks/guichet/health")
        async def health() -> dict[str, str]:
            return {"model": "fake"}

        return app

    async def _turn(self, body: dict[str, Any]) -> Response:
        self.calls += 1
        conversation, message = body["conversation"], body["message_id"]
        self.busy[conversation] += 1
        self.overlaps += self.busy[conversation] > 1
        try:
            await self.gate.wait()
            self.room -= 1
            if self.room == 0:
                self.gate.clear()
            if self.failing > 0:
                self.failing -= 1
                return Response(status_code=503)
            if message in self.turns:
                return _json(self.turns[message] | {"replayed": True})
            said = body["payload"] or body["text"]
            self.handled.append((conversation, said))
            self.languages.append(body["language"])
            self.turns[message] = _reply(said)
            return _json(self.turns[message])
        finally:
            self.busy[conversation] -= 1


def _json(content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")


_PLAIN: dict[str, dict[str, Any]] = {
    "introuvable": {"outcome": "no_answer"},
    "danger": {"outcome": "crisis"},
    "il me fait vivre un enfer": {"outcome": "crisis", "care": "violence"},
    "répétez": {"outcome": "small_talk", "move": "repeat"},
    "in English": {"outcome": "small_talk", "language": "en"},
    "par sms": {"outcome": "small_talk", "move": "to_phone"},
    "tout effacer": {"outcome": "small_talk", "move": "erase"},
    "humain": {"outcome": "handoff_waiting", "handoff": {"want": "wait"}},
    "please let me speak with a person": {"outcome": "handoff_waiting", "handoff": {"want": "wait"}},
    "/ask_human": {"outcome": "handoff_waiting", "handoff": {"want": "wait"}},
    "la nuit": {"outcome": "handoff_offline", "handoff": {"want": "offline"}},
    "annuler": {"outcome": "small_talk", "handoff": {"want": "cancel"}},
    "rappel": {"outcome": "handoff_offline", "handoff": {"want": "draft"}},
    "par e-mail": {"outcome": "handoff_offline", "handoff": {"want": "draft", "by_mail": True}},
    "plus d'e-mail": {"outcome": "small_talk", "handoff": {"want": "drop", "by_mail": True}},
    "c'est la bonne adresse": {
        "outcome": "handoff_offline",
        "handoff": {"want": "call_back", "subject": "cantine", "by_mail": True},
    },
    "abandon": {"outcome": "small_talk", "handoff": {"want": "drop"}},
    "c'est bon": {
        "outcome": "handoff_offline",
        "handoff": {"want": "call_back", "subject": "passeport", "best_time": "lundi matin"},
    },
    "ce téléphone": {"outcome": "handoff_offline", "handoff": {"want": "call_back", "own_number": True}},
}


def _reply(said: str) -> dict[str, Any]:
    if said == "nonsense":
        return {"outcome": "no such outcome"}
    if said == "rappelez-moi":
        options = [{"label": label, "payload": payload} for label, payload in (("Oui", "/affirm"), ("Non", "/deny"))]
        block = {"type": "choices", "purpose": "menu", "text": "D'accord ?", "options": options}
        return {"outcome": "handoff_offline", "blocks": [block]}
    if said in _PLAIN:
        return _PLAIN[said] | {"blocks": [{"type": "text", "text": f"Réponse à {said}."}]}
    if said == "choix":
        options = [{"label": f"Choix {letter}", "payload": f'/choose{{"entry": "{letter}"}}'} for letter in "AB"]
        return {"outcome": "choices", "blocks": [{"type": "choices", "text": "Lequel ?", "options": options}]}
    card = {
        "type": "answer",
        "entry": "F1",
        "entry_version": 3,
        "snapshot": "s1",
        "title": "Carte d'identité",
        "body": f"Réponse à **{said}**.",
        "source": {"name": "Exemple", "url": "https://exemple.fr/F1"},
        "verified_on": "2020-02-01",
    }
    return {
        "outcome": "answered",
        "blocks": [card],
        "entry": "F1",
        "entry_version": 3,
        "snapshot": "s1",
        "confidence": 0.9,
    }
