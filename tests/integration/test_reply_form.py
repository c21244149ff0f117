"""A rolling update: gateways and workers of this version beside those of the version before, over a real Redis and record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis.asyncio
from fastapi import Response

from cli.gateway import create
from cli.worker.app import Worker
from conversations import events
from conversations.client_updates import hub
from conversations.engine import rasa_client
from conversations.signals.event_bus import ALIVE, NEWS, name_with_form
from conversations.worker import consumer
from conversations.worker.consumer import Consumer
from core.database.models import Reply
from core.reply_form import FORM, block_in_form
from core.settings import Settings
from core.turns import Outcome, ReplyBlock, Turn
from tests.integration.channels_support import Citizen, FakeRasa, served, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.servers import RedisServer, free_port
from tests.unit.core import blocks_of_form_1 as before
from tests.waiting import until

_QUICK: dict[str, Any] = {"form_seconds": 0.02, "form_settled": timedelta(0)}
_PLAIN = {"label", "payload"}


class Rasa(FakeRasa):
    """Offers mini cards to whoever says that they are read; ``forms`` are those that workers named."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[int | None] = []

    async def _turn(self, body: dict[str, Any]) -> Response:
        self.forms.append(body.get("form"))
        block = block_in_form(before.CHOICES, body.get("form", 1))
        self.turns[body["message_id"]] = {"outcome": "choices", "blocks": [block]}
        return await super()._turn(body)


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


@asynccontextmanager
async def _gateway(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(create(settings), settings.port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=20) as http,
    ):
        yield http


@asynccontextmanager
async def _older_gateway(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway that listens to nothing but the news, and refuses stored blocks with fields that came later."""

    def read(reply: Reply) -> tuple[ReplyBlock, ...]:
        before.BLOCKS.validate_python(reply.blocks)
        return events.BLOCKS.validate_python(reply.blocks)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub, "_FORM_CHANNELS", ())
        patch.setattr(events, "read_blocks", read)
        async with _gateway(settings) as http:
            yield http


@asynccontextmanager
async def _older_worker(settings: Settings) -> AsyncIterator[None]:
    """A worker that names no form, neither to the engine nor in Redis, and refuses turns with fields that came later."""

    class Request(rasa_client.EngineRequest):
        def model_dump_json(self, **_: Any) -> str:
            return super().model_dump_json(exclude={"form"})

    class Read:
        @staticmethod
        def model_validate_json(content: bytes) -> Turn:
            before.Turn.model_validate_json(content)
            return Turn.model_validate_json(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conversations.steps.dialogue.EngineRequest", Request)
        patch.setattr(rasa_client, "Turn", Read)
        patch.setattr(consumer, "name_with_form", lambda name: name)
        patch.setattr(consumer, "FORM", 1)
        async with working(settings, form_seconds=3600):
            yield


async def _citizen(http: httpx.AsyncClient) -> Citizen:
    opened = (await http.post("/api/web/conversations", json={})).raise_for_status().json()
    return Citizen(http, opened["conversation"], opened["token"])


async def _offered(citizen: Citizen, count: int) -> dict[str, Any]:
    """The first option of the reply to one more question, which is number ``count``."""
    await citizen.post("choix")
    reply = (await citizen.answered(count))[-1]
    assert reply["outcome"] == Outcome.CHOICES
    option: dict[str, Any] = reply["blocks"][0]["options"][0]
    return option


async def _everyone_known(settings: Settings, gateways: int) -> None:
    async with redis.asyncio.from_url(settings.redis_url, decode_responses=True) as client:

        async def known() -> bool:
            ((_, count),) = await client.pubsub_numsub(NEWS)
            return count == gateways and bool(await client.exists(ALIVE))

        await until(known)


async def _written(worker: Worker, form: int) -> None:
    async def reached() -> bool:
        return worker.form.present == form

    await until(reached)


async def test_new_worker_beside_gateways_of_the_version_before_writes_what_they_read(settings: Settings) -> None:
    rasa = Rasa()
    async with served(rasa.app(), settings.rasa_port), working(settings, **_QUICK) as worker:
        async with _older_gateway(settings) as http:
            await _everyone_known(settings, 1)
            await worker.form.update(timedelta(0))
            citizen = await _citizen(http)
            assert (await _offered(citizen, 1)).keys() == _PLAIN
        assert rasa.forms == [FORM]  # the worker reads mini cards, and keeps them to itself

        async with _gateway(settings) as http:  # takes the older one's place
            await _written(worker, FORM)
            citizen.http = http
            assert (await _offered(citizen, 2))["extract"] == before.MINI_CARD["extract"]
            first, second = await citizen.answered(2)
            assert first["blocks"][0]["options"][0].keys() == _PLAIN
            assert second["blocks"][0]["options"][0]["source"] == before.MINI_CARD["source"]

            other = settings.model_copy(update={"port": free_port()})  # another machine goes back, or is late
            async with _older_gateway(other) as older:
                await _written(worker, 1)
                assert (await _offered(await _citizen(older), 1)).keys() == _PLAIN
            await _written(worker, FORM)


async def test_worker_of_the_version_before_gets_what_it_reads_and_a_new_gateway_shows_it(settings: Settings) -> None:
    rasa = Rasa()
    async with served(rasa.app(), settings.rasa_port), _gateway(settings) as http:
        citizen = await _citizen(http)
        async with _older_worker(settings):
            assert (await _offered(citizen, 1)).keys() == _PLAIN
            await _everyone_known(settings, 1)
        assert rasa.forms == [None]
        async with working(settings, **_QUICK) as worker:  # its name stays in Redis for seconds
            await worker.form.update(timedelta(0))
            assert worker.form.present == 1
            assert (await _offered(citizen, 2)).keys() == _PLAIN
            await _written(worker, FORM)
            assert "extract" in await _offered(citizen, 3)


async def test_flushed_or_absent_redis_leaves_the_form_that_was_known(settings: Settings, redis_server: RedisServer) -> None:
    async with (
        served(Rasa().app(), settings.rasa_port),
        _gateway(settings) as http,
        working(settings, **_QUICK) as worker,
    ):
        await _written(worker, FORM)
        citizen = await _citizen(http)
        async with redis.asyncio.from_url(settings.redis_url) as client:
            await client.flushall()
        assert "extract" in await _offered(citizen, 1)
        redis_server.stop()
        assert "extract" in await _offered(citizen, 2)
        await asyncio.to_thread(redis_server.start)
        assert "extract" in await _offered(citizen, 3)


async def test_start_without_redis_writes_the_old_form(settings: Settings, redis_server: RedisServer) -> None:
    redis_server.stop()
    async with served(Rasa().app(), settings.rasa_port), _gateway(settings) as http, working(settings, **_QUICK):
        assert (await _offered(await _citizen(http), 1)).keys() == _PLAIN
    redis_server.start()


async def test_new_worker_leaves_the_name_of_an_older_one_until_it_has_gone(redis_url: str) -> None:
    async def room() -> int:
        return 1

    async def waiting() -> tuple[str, ...]:
        return ()

    newer = Consumer(redis_url, "newer", capacity=room, waiting=waiting, stopping=lambda: True)
    async with redis.asyncio.from_url(redis_url, decode_responses=True) as client:
        await client.set(ALIVE, "older", ex=8)
        await newer._report_alive()
        assert await client.get(ALIVE) == "older"
        await client.pexpire(ALIVE, 3000)  # it has not said so for five seconds
        await newer._report_alive()
        assert await client.get(ALIVE) == name_with_form("newer")
    await newer.close()
