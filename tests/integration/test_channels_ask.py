"""``./guichet ask`` through a running gateway and worker."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels.web import update_stream
from conversations.client_updates import backlog, hub
from conversations.events import QueueEvent
from core.database import Database
from core.database.models import Conversation
from core.settings import ROOT, Settings
from tests.integration.channels_support import SECRET, guichet, settings_for, working
from tests.integration.migrated import migrated


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


async def run_ask(settings: Settings, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``ask`` in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "en_GB.UTF-8",
        "GUICHET_PORT": str(settings.port),
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": SECRET,
        "GUICHET_ADDRESS_KEY": "address-key",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli",
        "ask",
        *arguments,
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode())
    return process.returncode or 0, out.decode(), err.decode()


async def test_a_turn_and_its_continuation(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        code, out, err = await run_ask(settings, "carte perdue", "--json")
        assert code == 0, err
        first = json.loads(out)
        assert list(first) == ["conversation", "outcome", "text", "blocks", "entry", "source", "snapshot", "ms", "proof"]
        assert (first["outcome"], first["entry"], first["source"]) == ("answered", "F1", "https://exemple.fr/F1")
        code, out, err = await run_ask(settings, "et après ?", "--json", "--conversation", first["conversation"])
        assert code == 0, err
        second = json.loads(out)
        assert second["conversation"] == first["conversation"]
        assert "et après" in second["text"]
        citizen = await service.citizen()
        code, out, _ = await run_ask(settings, "x", "--json", "--conversation", citizen.conversation)
        assert (code != 0, out) == (True, "")


async def test_a_batch_keeps_the_order_of_its_lines_and_is_marked(settings: Settings) -> None:
    lines = [f"question {number}" for number in range(12)]
    async with guichet(settings), working(settings):
        code, out, err = await run_ask(settings, "--batch", "--channel", "sms", stdin="\n".join(lines) + "\n\n")
    assert code == 0, err
    results = [json.loads(line) for line in out.splitlines()]
    assert [line in result["text"] for line, result in zip(lines, results, strict=True)] == [True] * 12
    assert len({result["conversation"] for result in results}) == 12
    database = Database(settings.sql_url)
    async with database.read() as session:
        rows = {tuple(row) for row in await session.execute(select(Conversation.channel, Conversation.origin))}
    await database.close()
    assert rows == {("sms", "ask")}


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_a_number_chooses(settings: Settings, channel: str) -> None:
    async with guichet(settings) as service, working(settings):
        _, out, _ = await run_ask(settings, "choix", "--json", "--channel", channel)
        first = json.loads(out)
        assert "2 " in first["text"].replace(".", " ").replace(")", " ")
        code, _, err = await run_ask(settings, "2", "--json", "--conversation", first["conversation"])
        assert code == 0, err
        assert service.rasa.handled[-1] == (first["conversation"], '/choose{"entry": "B"}')
        _, _, err = await run_ask(settings, "choix", "--channel", channel)
        assert "To choose by number: ./guichet ask --conversation " in err


async def test_an_answer_that_takes_long_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_IDLE_SECONDS", 0.2)
    monkeypatch.setattr(backlog, "LATE_SECONDS", 0.5)
    told = asyncio.Event()
    queue_event = update_stream.queue_event

    def telling(*arguments: Any) -> QueueEvent:
        event = queue_event(*arguments)
        if event.text:
            told.set()
        return event

    monkeypatch.setattr(update_stream, "queue_event", telling)
    async with guichet(settings) as service, working(settings):
        service.rasa.gate.clear()
        asked = asyncio.create_task(run_ask(settings, "carte perdue", "--json"))
        async with asyncio.timeout(60):
            await told.wait()
        service.rasa.gate.set()
        code, out, err = await asked
    assert code == 0, err
    assert json.loads(out)["outcome"] == "answered"


async def test_without_a_service_one_sentence_says_what_to_do(settings: Settings) -> None:
    code, out, err = await run_ask(settings, "bonjour")
    assert (code != 0, out) == (True, "")
    assert "Start it with ./guichet up." in err
