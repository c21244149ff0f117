"""The nearest office to a position, through a running gateway: the position stays in its one request."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog

from conversations.signing import Signing
from core.nearest import NEAREST_OF, payload_of
from core.settings import Settings
from core.turns import ChoicesBlock, Option
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.unit.places.support import shelf_file

HERE = {"latitude": 46.5312, "longitude": 2.4423}  # beside the town hall of Valdoré


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


def _signed(settings: Settings, conversation: str, payload: str) -> str:
    option = Option(label="Le plus près de moi", payload=payload)
    (block,) = Signing(*settings.secret_keys).sign_choices(conversation, [ChoicesBlock(options=(option,))])
    assert isinstance(block, ChoicesBlock)
    return block.options[0].payload


async def test_nearest_office_is_chosen_and_the_position_leaves_no_trace(settings: Settings, tmp_path: Path) -> None:
    shelf_file(settings.home)
    async with guichet(settings) as service, working(settings):
        citizen, other = await service.citizen(), await service.citizen()

        async def ask(who: Any = citizen, payload: str | None = None, **at: float) -> Any:
            button = payload or _signed(settings, citizen.conversation, payload_of(f"{NEAREST_OF}mairie"))
            body = {"payload": button, **(HERE | at)}
            return await service.http.post("/api/web/nearby", json=body, headers=who.headers)

        with structlog.testing.capture_logs() as logs:
            choice = (await ask()).json()
            await service.http.post(
                "/api/web/messages", json={"id": "m1", "payload": choice["payload"]}, headers=citizen.headers
            )
            await citizen.answered(1)
            assert (await ask(latitude=-46.5)).json() == {"label": "Le plus près de moi", "payload": ""}  # none is near
            assert (await ask(latitude=95)).status_code == 422
            assert (await ask(other)).status_code == 400  # another citizen's button
            assert (await ask(payload=_signed(settings, citizen.conversation, "/go_back"))).status_code == 422
        assert service.rasa.handled == [(citizen.conversation, '/choose{"entry": "place:office:mairie-valdore"}')]
        assert (await citizen.history())[0]["message"]["text"] == "Le plus près de moi"
    assert "46.5" not in repr(logs)
    assert "2.44" not in repr(logs)
    with closing(sqlite3.connect(tmp_path / "guichet.db")) as connection:
        stored = "\n".join(connection.iterdump())
    assert "place:office:mairie-valdore" in stored
    assert "46.53" not in stored
    assert "2.44" not in stored


async def test_without_a_directory_no_office_is_near(settings: Settings) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        button = _signed(settings, citizen.conversation, payload_of(f"{NEAREST_OF}mairie"))
        body = {"payload": button, **HERE}
        assert (await service.http.post("/api/web/nearby", json=body, headers=citizen.headers)).json()["payload"] == ""
