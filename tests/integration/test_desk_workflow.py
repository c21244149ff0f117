"""Who may take which step at the desk, by whichever door: the rule of two persons, collections, conflicts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from channels.gateway.app import create_app
from channels.gateway.deps import build
from core.database import Database
from core.database.migrate import upgrade_async
from core.entry import Entry
from core.identity import Role
from core.settings import Settings
from knowledge_base.desk import publishing, workflow
from knowledge_base.editing import saving
from knowledge_base.editing.listing import standing
from knowledge_base.publishing.record import recent
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for


@dataclass
class Desk:
    settings: Settings
    database: Database
    app: FastAPI

    async def browser(self, role: Role, **more: Any) -> tuple[httpx.AsyncClient, str]:
        """Somebody of that role, signed in, and their id."""
        staff = await make_staff(self.database, role, email=f"{role}-{len(more)}@mairie.example", **more)
        headers = await sign_in(self.database, self.settings, staff) | {"Accept": "application/json"}
        return httpx.AsyncClient(
            base_url=self.settings.base_url, transport=httpx.ASGITransport(self.app), headers=headers
        ), staff.id


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str) -> AsyncIterator[Desk]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await upgrade_async(url)
    settings = settings_for(url, redis_url, tmp_path, desk_two_persons=True)
    deps = build(settings)
    parts = [workflow.part(deps.database, settings), publishing.part(settings, deps.database)]
    yield Desk(settings, deps.database, create_app(settings, deps, parts))
    await deps.database.close()


async def draft(desk: Desk, author: str) -> None:
    entry = Entry(id="a", collection="essai", title="Carte", short_answer="25 €")
    await saving.save(desk.database, entry, started_from=0, author=author, reason="")


STEPS = "/desk/entries/essai/a/workflow"


async def test_whoever_wrote_it_publishes_it_by_no_door(desk: Desk) -> None:
    browser, author = await desk.browser(Role.PUBLISHER)
    await draft(desk, author)
    answer = await browser.post(STEPS, data={"action": "publish", "head": "1"})
    assert "refused_own_revision" in answer.headers["Location"]
    answer = await browser.post("/desk/work", data={"action": "publish", "entry": "essai/a/1"})
    assert "refused_own_revision" in answer.headers["Location"]
    change = {"collection": "essai", "entry": "a", "version": 1}
    answer = await browser.post("/api/desk/publications", json={"changes": [change]})
    assert (answer.status_code, answer.json()["code"]) == (409, "publishing.refused_own_revision")
    assert await recent(desk.database) == []
    other, _ = await desk.browser(Role.ADMINISTRATOR)
    answer = await other.post(STEPS, data={"action": "publish", "head": "1"})
    [asked] = await recent(desk.database)
    assert answer.headers["Location"].startswith(f"/desk/publications/{asked.id}")


async def test_an_editor_publishes_nothing_and_works_in_their_collections(desk: Desk) -> None:
    await draft(desk, "anne")
    editor, _ = await desk.browser(Role.EDITOR)
    assert (await editor.post(STEPS, data={"action": "publish", "head": "1"})).status_code == 403
    assert (await editor.post("/desk/work", data={"action": "archive", "entry": "essai/a/1"})).status_code == 403
    elsewhere, _ = await desk.browser(Role.PUBLISHER, collections=["ailleurs"])
    for path, data in ((STEPS, {"action": "submit", "head": "1"}), ("/desk/work", {"action": "submit", "entry": "essai/a/1"})):
        assert (await elsewhere.post(path, data=data)).status_code == 403
    assert (await editor.post(STEPS, data={"action": "submit", "head": "7"})).headers["Location"].count("moved_on") == 1
    await editor.post(STEPS, data={"action": "submit", "head": "1"})
    assert (await standing(desk.database, "essai", "a")).stage == "in_review"
