"""A human's answer on the page that works without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from channels.web.pages.client import Client
from core.database import Database
from core.database.models import Message, Reply
from core.settings import Settings
from tests.integration.channels_support import guichet, working
from tests.integration.handoff_support import desk_of, handoffs


async def test_who_waits_is_shown_a_humans_answer_as_a_humans(settings: Settings, database: Database) -> None:
    async with (
        guichet(settings) as service,
        working(settings),
        desk_of(settings, database) as desk,
        httpx.AsyncClient(base_url=str(service.http.base_url), timeout=20, follow_redirects=True) as browser,
    ):
        waiting = await _say(browser, "humain", "1" * 32)
        assert "Votre place dans la file" in waiting
        assert "Voir si elle est arrivée" in waiting
        (row,) = await handoffs(database)
        claim = await desk.claim(row.id, "anne")
        assert "transmis à l’agent" in await _say(browser, "une question", "2" * 32)
        await desk.reply(claim, "Bonjour, je regarde.")
        page = (await browser.get("/assistant")).text
        assert 'aria-label="Agent de Guichet"' in page
        assert '<p class="who">Agent de Guichet</p>' in page
        assert "Bonjour, je regarde." in page
        transcript = (await browser.get("/assistant/conversation.txt")).text
        assert "Agent de Guichet (" in transcript


async def test_the_text_of_a_conversation_has_the_time_of_the_clock_on_the_wall(settings: Settings, database: Database) -> None:
    async with (
        guichet(settings) as service,
        working(settings),
        httpx.AsyncClient(base_url=str(service.http.base_url), timeout=20, follow_redirects=True) as browser,
    ):
        await _say(browser, "passeport", "1" * 32)
        async with database.write() as session:
            in_summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
            await session.execute(update(Message).values(received_at=in_summer))
            await session.execute(update(Reply).values(created_at=in_summer + timedelta(days=120)))
        transcript = (await browser.get("/assistant/conversation.txt")).text
    assert "Vous (2026-07-02 00:30)" in transcript
    assert "Assistant (2026-10-29 23:30)" in transcript  # winter time


async def test_who_waits_without_javascript_does_not_have_the_whole_conversation_read_ten_times_a_second(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    call = Client.call

    async def counted(self: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        asked.append(path)
        return await call(self, method, path, body)

    monkeypatch.setattr(Client, "call", counted)
    hasty = settings.model_copy(update={"web_turn_seconds": 3.0})
    async with (
        guichet(hasty) as service,  # and no worker
        httpx.AsyncClient(base_url=str(service.http.base_url), timeout=20) as browser,
    ):
        for number in range(3):
            assert (await browser.post("/assistant", data={"id": str(number) * 32, "text": "x"})).status_code == 303
    looks = [path for path in asked if "history" in path]
    assert 3 * 3 <= len(looks) <= 3 * 12
    assert all("last=" in path for path in looks)


async def _say(browser: httpx.AsyncClient, text: str, identifier: str) -> str:
    response = await browser.post("/assistant", data={"id": identifier, "text": text})
    response.raise_for_status()
    return response.text
