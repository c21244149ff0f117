"""The desk's pages on the website's assistant: who may pin, hide and try what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.gateway.app import create_app
from channels.gateway.composition import build
from channels.web import desk as website
from core.database.models import StartQuestion
from core.identity import Role
from tests.integration.channels_support import settings_for
from tests.integration.migrated import migrated
from tests.integration.searching_desk import Desk


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str) -> AsyncIterator[Desk]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    settings = settings_for(url, redis_url, tmp_path)
    deps = build(settings)
    yield Desk(settings, deps.database, create_app(settings, deps, [website.part(settings, deps.database)]))
    await deps.database.close()


async def test_questions_of_the_start_are_pinned_hidden_and_taken_back(desk: Desk) -> None:
    editor, reader = await desk.browser(Role.EDITOR), await desk.browser(Role.SUPERVISOR, email="reader@mairie.example")
    page = "/desk/start-questions"
    for choice in ("pin", "hide"):  # the second choice replaces the first
        assert (await editor.post(page, data={"text": "Où  est la piscine ?", "choice": choice})).status_code == 303
    async with desk.database.read() as session:
        (row,) = (await session.execute(select(StartQuestion))).scalars().all()
    assert (row.text, row.language, row.hidden) == ("Où est la piscine ?", "fr", True)
    assert "Où est la piscine" in (await editor.get(page)).text
    assert (await reader.post(page, data={"text": "x"})).status_code == 403
    assert (await editor.post(page, data={"text": " "})).headers["location"] != page
    assert (await editor.post(page, data={"text": "x" * 201})).status_code == 422
    assert (await editor.post(f"{page}/{row.id}/remove")).status_code == 303
    async with desk.database.read() as session:
        assert (await session.execute(select(StartQuestion))).scalars().all() == []


@pytest.mark.parametrize(("role", "status"), [(Role.PUBLISHER, 403), (Role.ADMINISTRATOR, 200)])
async def test_look_may_show_any_logo_to_administrators_alone(desk: Desk, role: Role, status: int) -> None:
    answer = await (await desk.browser(role)).get("/desk/look")
    assert answer.status_code == status
    assert ("img-src 'self' https:" in answer.headers["Content-Security-Policy"]) == (status == 200)
