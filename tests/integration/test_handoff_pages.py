"""A human's answer on the page that works without JavaScript."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from core.database import Database
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.handoff_support import desk_of, handoffs


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_provider="")


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


async def _say(browser: httpx.AsyncClient, text: str, identifier: str) -> str:
    response = await browser.post("/assistant", data={"id": identifier, "text": text})
    response.raise_for_status()
    return response.text
