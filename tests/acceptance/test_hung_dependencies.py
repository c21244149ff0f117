"""A process that takes requests and never answers, as one that was stopped (SIGSTOP) does: what citizens get meanwhile.

Each message gets one outcome, by web and by SMS, within the turn's deadline; after the first ones nobody waits for it.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from cli.gateway import create
from core.database import Database
from core.database.models import Message, Reply
from core.settings import Settings
from tests.integration.channels_support import Citizen, served, settings_for, working
from tests.integration.migrated import copy_of_empty
from tests.integration.rasa_support import SECRET, ActionServer, RasaServer
from tests.integration.servers import RedisServer
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.waiting import until

_ENGINE, _TURN = 1.5, 4.0  # seconds
_WIDE = 3.0  # times the deadline: a busy machine is late, what waits for a dependency that hangs never ends
_ROUNDS = 5  # with a citizen on each channel, within which the others must be answered without waiting
_TEXT = "j'ai perdu ma carte d'identité"

CHANNELS = ("web", "sms")


@dataclass
class Dialogue:
    """A real Rasa with a trained model; the action server's port is the tests' own."""

    settings: Settings
    rasa: RasaServer

    @contextmanager
    def actions(self) -> Iterator[None]:
        """An action server that answers."""
        server = ActionServer(self.settings)
        server.start()
        try:
            yield
        finally:
            server.stop()

    @asynccontextmanager
    async def hanging_actions(self) -> AsyncIterator[list[str]]:
        """One that takes requests and never answers; yields the paths that it was asked for."""
        asked: list[str] = []

        async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append((await reader.readline()).split(b" ")[1].decode())
            await reader.read()  # until whoever asked has gone
            writer.close()

        server = await asyncio.start_server(swallow, "127.0.0.1", self.settings.actions_port)
        async with server:
            yield asked

    @contextmanager
    def hanging_rasa(self) -> Iterator[None]:
        self.rasa.pause()
        try:
            yield
        finally:
            self.rasa.resume()


@pytest.fixture(scope="module")
def dialogue(rasa_server: RasaServer) -> Dialogue:
    return Dialogue(rasa_server.settings, rasa_server)


@dataclass
class Town:
    """Gateway and worker. Each question is a new citizen's."""

    settings: Settings
    http: httpx.AsyncClient
    database: Database
    asked: int = 0

    async def ask(self, text: str = _TEXT) -> list[Reply]:
        """Returns the replies to ``text``, which one citizen says on each channel, all at the same time."""
        await asyncio.gather(self._by_web(text), self._by_sms(text))
        self.asked += len(CHANNELS)
        replies: list[Reply] = await until(self._all_replied)
        return replies[-len(CHANNELS) :]

    async def _by_web(self, text: str) -> None:
        opened = (await self.http.post("/api/web/conversations", json={"language": "fr"})).json()
        sent = await Citizen(self.http, opened["conversation"], opened["token"]).post(text, uuid.uuid4().hex)
        sent.raise_for_status()

    async def _by_sms(self, text: str) -> None:
        sent = await post(self.http, self.settings, inbound(text, phone=f"+336399801{self.asked:02}"))
        sent.raise_for_status()

    async def _all_replied(self) -> list[Reply]:
        async with self.database.read() as session:
            replies = (await session.execute(select(Reply).order_by(Reply.seq))).scalars().all()
        return list(replies) if len(replies) == self.asked else []

    async def assert_one_outcome_each(self) -> None:
        async with self.database.read() as session:
            messages = (await session.execute(select(func.count()).where(Message.outcome.is_not(None)))).scalar_one()
            answered = (await session.execute(select(func.count(Reply.in_reply_to.distinct())))).scalar_one()
            replies = (await session.execute(select(func.count()).select_from(Reply))).scalar_one()
        assert messages == answered == replies == self.asked


@pytest.fixture
def record_url(tmp_path: Path) -> str:
    """The address of an empty record on SQLite."""
    copy_of_empty(tmp_path / "guichet.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"


@pytest.fixture
async def town(
    dialogue: Dialogue, record_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    monkeypatch.setattr("conversations.engine.circuit_breaker._SILENT_SECONDS", 0.5)
    ports = {"rasa_port": dialogue.settings.rasa_port, "actions_port": dialogue.settings.actions_port}
    turn = {f"{channel}_turn_seconds": _TURN for channel in CHANNELS}
    patience = turn | {f"{channel}_engine_seconds": _ENGINE for channel in CHANNELS}
    settings = settings_for(record_url, redis_url, tmp_path, internal_secret=SECRET, **ports, **patience, **twilio.settings)
    database = Database(record_url)
    async with (
        served(create(settings), settings.port),
        working(settings),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=20) as http,
    ):
        yield Town(settings, http, database)
    await database.close()


def in_time(replies: list[Reply]) -> bool:
    return all(reply.milliseconds < _WIDE * _TURN * 1000 for reply in replies)


def max_concurrent(replies: list[Reply]) -> bool:
    """Whether nobody waited for the engine or the action server in vain."""
    return all(reply.milliseconds < _ENGINE * 1000 for reply in replies)


async def test_citizens_while_the_action_server_hangs_get_a_fallback_and_soon_at_once(dialogue: Dialogue, town: Town) -> None:
    async with dialogue.hanging_actions() as asked:
        replies, calls = [], []
        for _ in range(_ROUNDS):
            replies += await town.ask()
            calls.append(asked.count("/webhook"))
        left_aside = await town.ask("laissez tomber")
    assert {reply.outcome for reply in replies} == {"fallback"}
    assert in_time(replies)
    assert all(town.settings.organisation in str(reply.blocks) for reply in replies[: len(CHANNELS)])
    assert 1 <= calls[0] <= calls[-1] == calls[-3]  # the last ones asked nothing of it
    assert max_concurrent(replies[-len(CHANNELS) :])
    assert {reply.outcome for reply in left_aside} == {"small_talk"}  # what needs no action goes on
    await town.assert_one_outcome_each()


async def test_citizens_while_rasa_hangs_get_pages_and_soon_at_once(dialogue: Dialogue, town: Town) -> None:
    with dialogue.actions():
        await town.ask()
        with dialogue.hanging_rasa():
            replies = [reply for _ in range(_ROUNDS) for reply in await town.ask()]
    assert in_time(replies)
    assert {reply.outcome for reply in replies} == {"answered"}
    assert {reply.blocks[0]["type"] for reply in replies} == {"notice"}  # that the service is reduced
    assert max_concurrent(replies[-len(CHANNELS) :])
    await town.assert_one_outcome_each()


async def test_citizens_while_rasa_and_the_action_server_hang_get_a_fallback_and_soon_at_once(
    dialogue: Dialogue, town: Town
) -> None:
    async with dialogue.hanging_actions() as asked:
        with dialogue.hanging_rasa():
            replies, calls = [], []
            for _ in range(_ROUNDS):
                replies += await town.ask()
                calls.append(asked.count("/webhook"))
    assert {reply.outcome for reply in replies} == {"fallback"}
    assert in_time(replies)
    assert calls[-1] == calls[-3]
    assert max_concurrent(replies[-len(CHANNELS) :])
    await town.assert_one_outcome_each()


async def test_citizens_while_redis_hangs_are_answered(dialogue: Dialogue, town: Town, redis_server: RedisServer) -> None:
    with dialogue.actions():
        await town.ask()
        redis_server.pause()
        try:
            replies = [reply for _ in range(3) for reply in await town.ask()]
        finally:
            redis_server.resume()
    assert {reply.outcome for reply in replies} == {"answered"}
    assert in_time(replies)
    await town.assert_one_outcome_each()


async def test_dialogue_goes_on_once_what_hung_answers_again(dialogue: Dialogue, town: Town) -> None:
    async with dialogue.hanging_actions():
        with dialogue.hanging_rasa():
            while not max_concurrent(await town.ask()):
                assert town.asked < _ROUNDS * len(CHANNELS)
    with dialogue.actions():

        async def whole() -> bool:
            replies = await town.ask()
            return all(reply.outcome == "answered" and reply.blocks[0]["type"] == "answer" for reply in replies)

        await until(whole)
    await town.assert_one_outcome_each()
