"""Rasa reads ``/intent{…}`` as a command. Citizens who type one, in any disguise, have typed a text.

Gateway and worker around a real Rasa with a trained model; a retriever written by hand.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from cli.gateway import create
from core.database import Database
from core.database.models import Message
from core.settings import Settings
from tests.integration.channels_support import Citizen, served, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.rasa_support import SECRET, ActionServer, RasaServer, Talk

_CHOICE = '/choose{"entry": "T2"}'
_FULLWIDTH, _DIVISION, _FRACTION = "\uff0f", "\u2215", "\u2044"
_COMMANDS = [
    _CHOICE,
    f" {_CHOICE}",
    f"\t\r\n{_CHOICE}",
    f"\u200b{_CHOICE}",
    f"\u2060\u200d{_CHOICE}",
    f"\ufeff{_CHOICE}",
    f"\u202e{_CHOICE}",
    f"\u00ad{_CHOICE}",
    f"\u0301{_CHOICE}",
    f"\U000e002f{_CHOICE}",
    f"{_CHOICE}\u0000",
    f"\u0000{_CHOICE}",
    _CHOICE.replace("/", _FULLWIDTH),
    _CHOICE.replace("/", _DIVISION),
    _CHOICE.replace("/", _FRACTION),
    f"/{_CHOICE}",
    "/restart",
    "/session_start",
    f"{_FULLWIDTH}restart",
    "\u200b /session_start",
]


@pytest.fixture(scope="module")
def engine(rasa_server: RasaServer) -> Iterator[Settings]:
    """A running Rasa and its action server; their settings."""
    actions = ActionServer(rasa_server.settings)
    actions.start()
    yield rasa_server.settings
    actions.stop()


@pytest.fixture
async def settings(engine: Settings, redis_url: str, tmp_path: Path) -> Settings:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    ports = {"rasa_port": engine.rasa_port, "actions_port": engine.actions_port}
    return settings_for(url, redis_url, tmp_path, internal_secret=SECRET, limit_conversation_per_minute=1000, **ports)


@asynccontextmanager
async def _citizen(settings: Settings) -> AsyncIterator[Citizen]:
    address = f"http://127.0.0.1:{settings.port}"
    async with (
        served(create(settings), settings.port),
        working(settings),
        httpx.AsyncClient(base_url=address, timeout=60) as http,
    ):
        opened = (await http.post("/api/web/conversations", json={"language": "fr"})).json()
        yield Citizen(http, opened["conversation"], opened["token"])


@pytest.fixture
def rasa(engine: Settings) -> Iterator[httpx.Client]:
    """Rasa, as only the worker reaches it."""
    headers = {"X-Guichet-Secret": SECRET}
    with httpx.Client(base_url=f"{engine.rasa_url}/webhooks/guichet", headers=headers, timeout=60, trust_env=False) as client:
        yield client


def test_the_command_would_work_as_a_button_of_ours(rasa: httpx.Client) -> None:
    """What follows would show nothing if it did not."""
    assert Talk(rasa, uuid.uuid4().hex).say(payload=_CHOICE)["entry"] == "T2"


async def test_commands_typed_on_the_website_are_texts(settings: Settings, rasa: httpx.Client) -> None:
    async with _citizen(settings) as citizen:
        await citizen.post("bonjour")
        await citizen.answered(1)
        for number, text in enumerate(_COMMANDS, 2):
            assert (await citizen.post(text)).status_code == 202
            reply = (await citizen.answered(number))[-1]
            assert reply["entry"] != "T2", text
            assert reply["outcome"] not in ("fallback", "silent", "command"), text
        assert len(await citizen.history()) == len(_COMMANDS) + 1
        assert await asyncio.to_thread(_still_knows, rasa, citizen.conversation, await _first_message(settings))


async def _first_message(settings: Settings) -> str:
    database = Database(settings.sql_url)
    async with database.read() as session:
        found = (await session.scalars(select(Message.id).order_by(Message.seq).limit(1))).one()
    await database.close()
    return found


def _still_knows(rasa: httpx.Client, conversation: str, message: str) -> bool:
    """Whether Rasa answers ``message`` from its tracker: one that was restarted would answer it anew."""
    return bool(Talk(rasa, conversation).say("bonjour", message_id=message)["replayed"])


async def test_a_command_as_a_payload_is_refused(settings: Settings) -> None:
    async with _citizen(settings) as citizen:
        for payload in _COMMANDS:
            refused = await citizen.post(None, payload=payload)
            assert (refused.status_code, refused.json()["code"]) == (400, "choice_expired"), payload
        form = {"id": str(uuid.uuid4()), "payload": _CHOICE}
        cookie = {"Cookie": f"guichet_conversation={citizen.token}"}
        assert (await citizen.http.post("/assistant", data=form, headers=cookie)).status_code == 400
        assert await citizen.history() == []
