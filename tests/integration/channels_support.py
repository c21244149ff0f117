"""A dialogue engine of our own making, and gateway and worker around it, all over real HTTP."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Header, Request, Response

from cli.gateway import create
from cli.worker.app import Timing, Worker
from cli.worker.composition import compose
from core.settings import Settings
from tests.integration.servers import free_port

SECRET = "internal-secret"


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = 60) -> Any:
    """What ``condition`` returns once it is true; fails after ``seconds``: on a busy machine a process takes 16 s to start."""
    async with asyncio.timeout(seconds):
        while True:
            result = await condition()
            if result:
                return result
            await asyncio.sleep(0.01)


def settings_for(database_url: str, redis_url: str, home: Path, **changes: Any) -> Settings:
    """Settings of a whole service on free ports."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": redis_url,
        "home": home,
        "port": free_port(),
        "rasa_port": free_port(),
        "actions_port": free_port(),
        "secret_key": "secret-key",
        "internal_secret": SECRET,
        "address_key": "address-key",
    }
    return Settings(_env_file=None, **(values | changes))


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
    import orjson

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


@asynccontextmanager
async def served(app: FastAPI, port: int, **options: Any) -> AsyncIterator[None]:
    """``app`` over real HTTP on ``port`` while the block runs; ``options`` are uvicorn's."""
    options = {"timeout_graceful_shutdown": 0, "ws_max_size": 16_384} | options
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, **options))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())  # without its signal handlers: pytest has its own
    try:
        await until(_truth(lambda: server.started or task.done()))
        yield
    finally:
        server.should_exit = True
        await task


def _truth(condition: Callable[[], Any]) -> Callable[[], Awaitable[Any]]:
    async def asked() -> Any:
        return condition()

    return asked


@asynccontextmanager
async def working(settings: Settings, **timing: Any) -> AsyncIterator[Worker]:
    """A worker that runs while the block does."""
    worker = compose(settings)
    worker.timing = Timing(**timing)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await task
        await worker.database.close()


@dataclass
class Citizen:
    """A web client. ``seen`` holds the reply events in the order in which they came."""

    http: httpx.AsyncClient
    conversation: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, text: str | None, identifier: str = "", **more: Any) -> httpx.Response:
        body = {"id": identifier or uuid.uuid4().hex, "text": text} | more
        body = {key: value for key, value in body.items() if value is not None}
        return await self.http.post("/api/web/messages", json=body, headers=self.headers)

    async def history(self) -> list[dict[str, Any]]:
        response = await self.http.get("/api/web/history", headers=self.headers)
        response.raise_for_status()
        turns: list[dict[str, Any]] = response.json()["turns"]
        return turns

    async def answered(self, count: int, *, seconds: float = 60) -> list[dict[str, Any]]:
        """The replies, once there are ``count`` of them."""

        async def enough() -> list[dict[str, Any]] | None:
            replies = [turn["reply"] for turn in await self.history() if turn["reply"]]
            return replies if len(replies) >= count else None

        replies: list[dict[str, Any]] = await until(enough, seconds=seconds)
        return replies


@dataclass
class Guichet:
    """A running service: gateway and fake engine; workers are started by the tests."""

    settings: Settings
    rasa: FakeRasa
    http: httpx.AsyncClient

    async def citizen(self, **opening: Any) -> Citizen:
        opened = await self.http.post("/api/web/conversations", json=opening)
        opened.raise_for_status()
        return Citizen(self.http, opened.json()["conversation"], opened.json()["token"])


@asynccontextmanager
async def guichet(settings: Settings) -> AsyncIterator[Guichet]:
    """Gateway and fake engine, served while the block runs."""
    rasa = FakeRasa()
    async with (
        served(rasa.app(), settings.rasa_port),
        served(create(settings), settings.port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=20) as http,
    ):
        yield Guichet(settings, rasa, http)


def clock() -> float:
    return time.monotonic()
