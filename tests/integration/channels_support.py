"""A dialogue engine of our own making, and gateway and worker around it, all over real HTTP."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from uvicorn import Config

from cli.gateway import create
from cli.worker.app import Timing, Worker
from cli.worker.composition import compose
from conversations.signals.event_bus import STREAM
from conversations.signals.redis_client import FAILURES
from core.settings import Settings
from tests.integration.fake_rasa import SECRET, FakeRasa
from tests.integration.servers import free_port
from tests.prompt_server import PromptServer
from tests.waiting import until

_WAKE_SECONDS = 0.2

__all__ = ["SECRET", "Citizen", "FakeRasa", "Guichet", "clock", "guichet", "served", "settings_for", "working"]


def settings_for(database_url: str, redis_url: str, home: Path, **changes: Any) -> Settings:
    """Settings of a whole service on free ports; its turns are patient, since a busy machine is no reason for a fallback."""
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
        "web_turn_seconds": 60.0,
        "web_engine_seconds": 60.0,
    }
    return Settings(_env_file=None, **(values | changes))


@asynccontextmanager
async def served(app: FastAPI, port: int, **options: Any) -> AsyncIterator[None]:
    """``app`` over real HTTP on ``port`` while the block runs; ``options`` are uvicorn's."""
    options = {"timeout_graceful_shutdown": 0, "ws_max_size": 16_384} | options
    server = PromptServer(Config(app, port=port, log_config=None, **options))
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
        await _wake(worker)
        await task
        await worker.database.close()


async def _wake(worker: Worker) -> None:
    """Lets the worker's consumer see that it should stop: else it waits half a second for news, in a thousand tests."""
    if not worker.event_bus.is_paused:
        with suppress(*FAILURES):
            async with asyncio.timeout(_WAKE_SECONDS):
                await worker.event_bus.redis.xadd(STREAM, {"end": ""})


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
