"""Who may take which step at the desk, by whichever door: the rule of two persons, collections, conflicts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from channels.gateway.app import create_app
from channels.gateway.composition import build
from core.database import Database
from core.database.base import now
from core.database.models import Conflict, EntryRow, ImportTask, Publication, Revision
from core.entry import Entry
from core.identity import Role
from core.settings import Settings
from knowledge_base.desk import editor, publishing, workflow
from knowledge_base.desk.editor.contracts import Shown
from knowledge_base.editing import collections, saving
from knowledge_base.editing.listing import workflow_state
from knowledge_base.editing.steps import Target
from knowledge_base.import_tasks import Tasks
from knowledge_base.publishing.contracts import Change, State
from knowledge_base.publishing.publications import recent, request
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.editing_support import publish
from tests.integration.migrated import migrated
from tests.waiting import until

SHOWN = Shown([{"kind": "text", "text": "Vu par le citoyen"}], [], ["Vu par SMS"], 1, 1, 0.05, 0.05, True)


async def nothing_near(_query: str) -> list[tuple[str, str, str]]:
    return []


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
    await migrated(url)
    settings = settings_for(url, redis_url, tmp_path, desk_two_persons=True)
    deps = build(settings)
    parts = [
        workflow.part(deps.database, settings, lambda _entry, _walk: SHOWN),
        publishing.part(settings, deps.database),
        editor.part(settings, deps.database, preview=lambda _entry, _walk: SHOWN, near=nothing_near),
    ]
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


async def asked_and_checked(desk: Desk, author: str) -> str:
    """A publication that the gate has judged; it waits for a decision."""
    changes = [Change(collection="essai", entry_id="a", version=1)]
    name = await request(desk.database, changes, author=author)
    async with desk.database.write() as session:
        await session.execute(update(Publication).values(state=State.CHECKED))
    return name


async def test_what_was_refused_when_asking_is_refused_when_deciding(desk: Desk) -> None:
    browser, author = await desk.browser(Role.PUBLISHER)
    await draft(desk, author)
    name = await asked_and_checked(desk, "somebody else")
    decision = f"/api/desk/publications/{name}/decision"
    answer = await browser.post(decision, json={"go": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "publishing.refused_own_revision")
    elsewhere, _ = await desk.browser(Role.PUBLISHER, collections=["ailleurs"])
    assert (await elsewhere.post(decision, json={"go": True})).status_code == 403
    assert (await elsewhere.post(decision, json={"go": False})).status_code == 403
    [waiting] = await recent(desk.database)
    assert waiting.state == State.CHECKED
    other, _ = await desk.browser(Role.ADMINISTRATOR)
    assert (await other.post(decision, json={"go": True})).json()["state"] == "approved"


async def test_many_are_taken_away_by_one_publication_behind_the_gate(desk: Desk) -> None:
    browser, _ = await desk.browser(Role.PUBLISHER)
    for page in ("a", "b", "c"):
        entry = Entry(id=page, collection="essai", title=page, short_answer="25 €")
        await saving.save(desk.database, entry, started_from=0, author="anne", reason="")
    await publish(desk.database, [Target("essai", "a"), Target("essai", "b")], author="paul")
    answer = await browser.post("/desk/work", data={"action": "archive", "entry": ["essai/a/1", "essai/b/1", "essai/c/1"]})
    [asked] = await recent(desk.database)
    assert answer.headers["Location"] == f"/desk/publications/{asked.id}"
    assert [(one.entry_id, one.version) for one in asked.changes] == [("a", None), ("b", None)]
    stands = [(await workflow_state(desk.database, "essai", page)).status for page in ("a", "b", "c")]
    assert stands == ["published", "published", "archived"]  # nobody got c: there was nothing to judge


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
    assert (await workflow_state(desk.database, "essai", "a")).stage == "in_review"
    page = (await editor.get(STEPS, headers={"Accept": "text/html"})).text
    assert "c’est à un éditeur d’approuver" in page, "before: a reason to fill in, and no button"
    assert 'name="reason"' not in page
    assert "Révision des citoyens" not in page, "they have none"


async def test_a_collection_is_made_and_who_may_edit_it_is_set(desk: Desk) -> None:
    chief, _ = await desk.browser(Role.ADMINISTRATOR)
    _, editor = await desk.browser(Role.EDITOR, collections=["essai"])
    path = "/desk/collections"
    made = {"name": "ville", "kind": "local", "title": "Notre ville"}
    assert (await chief.post(path, data=made)).headers["Location"].startswith(f"{path}/ville?done=did_keep")
    assert (await chief.post(path, data=made | {"name": "Ville !"})).json()["code"] == "workflow.refused_bad_name"
    assert (await chief.post(f"{path}/ville/people", data={"person": editor})).status_code == 303
    [person] = [one for one in await collections.people(desk.database) if one.id == editor]
    assert person.collections == ("essai", "ville")
    assert "Notre ville" in (await chief.get(path, headers={"Accept": "text/html"})).text
    await chief.post(f"{path}/essai/people", data={})
    refused = await chief.post(f"{path}/ville/people", data={})  # none would mean all
    assert (refused.status_code, refused.json()["code"]) == (409, "workflow.refused_last_collection")
    [person] = [one for one in await collections.people(desk.database) if one.id == editor]
    assert person.collections == ("ville",)
    publisher, _ = await desk.browser(Role.PUBLISHER, collections=["essai"])
    assert (await publisher.post(f"{path}/ville/people", data={})).status_code == 403
    assert (await publisher.post(path, data=made)).status_code == 403  # not of theirs


async def test_pages_are_fetched_from_public_addresses_and_refusals_are_in_both_languages(desk: Desk) -> None:
    publisher, _ = await desk.browser(Role.PUBLISHER)
    asked = {"source": "site", "collection": "ville", "address": "http://127.0.0.1:1/sitemap.xml"}
    for wrong, code in (({"address": "ftp://x"}, "no_address"), ({"collection": ""}, "no_collection")):
        answer = await publisher.post("/desk/exchange", data=asked | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, f"workflow.{code}")
    sheet = {"file": ("faq.csv", b"Titre;Texte\nA;a\n")}
    for named in ({"data": asked | {"collection": "a/b ?"}}, {"data": {"collection": "a/b ?"}, "files": sheet}):
        answer = await publisher.post("/desk/exchange", **named)
        assert (answer.status_code, answer.json()["code"]) == (422, "workflow.collection_wrong")
    elsewhere, _ = await desk.browser(Role.PUBLISHER, collections=["essai"])
    for given in (asked, {"source": "service-public"}):
        assert (await elsewhere.post("/desk/exchange", data=given)).status_code == 403
    task = (await publisher.post("/desk/exchange", data=asked)).headers["Location"].rpartition("/")[2]

    async def ended() -> dict[str, Any]:
        told: dict[str, Any] = (await publisher.get(f"/api/desk/imports/{task}")).json()
        return {} if told["state"] == "running" else told

    told = await until(ended)
    assert told["state"] == "failed"
    assert "n'est pas publique" in told["report"]["error"]["fr"]
    assert "is not public" in told["report"]["error"]["en"]
    page = await publisher.get(f"/desk/exchange/{task}?lang=en", headers={"Accept": "text/html"})
    assert "is not public" in page.text


async def test_files_of_imports_nobody_went_on_with_are_removed(desk: Desk) -> None:
    tasks = Tasks(desk.database, desk.settings)

    async def write(path: Path) -> None:
        await asyncio.to_thread(path.write_bytes, b"x")

    old, new = [await tasks.add("anne", "faq.csv", "ville", write) for _ in range(2)]
    (desk.settings.home / "imports" / "pages").mkdir()
    async with desk.database.write() as session:
        past = now() - timedelta(days=9)
        await session.execute(update(ImportTask).where(ImportTask.id == old).values(updated_at=past))
    for path in (desk.settings.home / "imports").iterdir():
        os.utime(path, (0, 0))
    assert await tasks.clean(timedelta(days=7)) == 1
    assert {path.name for path in (desk.settings.home / "imports").iterdir()} == {new, "pages"}


async def test_whoever_looks_after_one_collection_finds_its_work_among_much_of_others(desk: Desk) -> None:
    """Lists were cut at 200 before they were narrowed to what somebody may edit: it was empty, and nobody was told."""
    async with desk.database.write() as session:
        for collection, count in (("grande", 205), ("ville", 1)):
            for number in range(count):
                entry = Entry(id=f"e{number}", collection=collection, title=f"Fiche {collection} {number}")
                content = entry.model_dump(mode="json")
                row = EntryRow(
                    collection=collection,
                    id=entry.id,
                    locale="fr",
                    title=entry.title,
                    version=1,
                    digest=entry.digest(),
                    content=content,
                    stage="approved",
                )
                session.add(row)
                await session.flush()
                saved = {"collection": collection, "entry_id": entry.id, "version": 1, "digest": row.digest, "status": "draft"}
                session.add(Revision(**saved, content=content, author="import"))
                session.add(Conflict(collection=collection, entry_id=entry.id, local=1, parts=[], proposal=content))
    publisher, _ = await desk.browser(Role.PUBLISHER, collections=["ville"])
    chief, _ = await desk.browser(Role.ADMINISTRATOR)
    for path in ("/desk/conflicts", "/desk/publications", "/desk/work"):
        narrow, wide = [await each.get(path, headers={"Accept": "text/html"}) for each in (publisher, chief)]
        assert "Fiche ville 0" in narrow.text, path
        assert "Fiche grande" not in narrow.text, path
        assert "Voici les 200 premières" not in narrow.text, path
        assert "Voici les 200 premières" in wide.text, path
    page = await publisher.get("/desk/entries/ville/e0/workflow", headers={"Accept": "text/html"})
    assert "/desk/entries/ville/e0/conflict" in page.text
