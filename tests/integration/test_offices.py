"""Offices written at the desk: proposed, put in use, kept over an import, followed by a node; and the tasks about them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from channels.gateway.app import create_app
from channels.gateway.composition import build
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow
from core.identity import Role
from core.settings import Settings
from knowledge_base.desk import offices as desk_offices
from places.offices import edits
from places.offices.checks import reasons
from places.offices.directory_file import DirectoryFile
from places.offices.directory_sync import sync
from places.offices.edits import OfficeRefused, StoredOffice
from places.offices.office import Office
from places.offices.record import remove_directory, replace_directory
from places.offices.tasks import raise_tasks
from supervision.review.tasks import open_tasks
from tests.desk_support import make_staff, sign_in
from tests.integration.migrated import migrated
from tests.integration.publishing_support import settings_for
from tests.unit.places.support import offices

TOWN_HALL = "mairie-valdore"
FORM = {
    "name": "Mairie de Valdoré",
    "kind": "mairie",
    "commune": "Valdoré (00004)",
    "address": "8 grande rue, 00300 Valdoré",
    "hours": "lundi-vendredi 9h-12h",
    "phone": "00 00 00 04 00",
    "verified": "true",
    "seen": "0",
}


async def _import(database: Database, known: list[Office]) -> None:
    await replace_directory(database, known, source="x.csv", checksum="0" * 64, author="test")


async def _kept(database: Database, name: str = TOWN_HALL) -> StoredOffice:
    return await edits.stored_office(database, name)


def _read(file: Path, name: str = TOWN_HALL) -> Office | None:
    shelf = DirectoryFile(file)
    found = shelf.get(name)
    shelf.close()
    return found


async def test_change_at_the_desk_waits_is_used_and_survives_an_import(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "offices.db"
    known = offices()
    await _import(database, known)
    before = (await _kept(database)).shown
    mine = before.model_copy(update={"phone": "00 00 00 99 99"})
    await edits.propose(database, mine, author="anne", name=TOWN_HALL)
    await sync(database, file)
    assert (await _kept(database)).state == "changing"
    assert _read(file) == before
    with pytest.raises(OfficeRefused, match="own_version"):
        await edits.put_in_use(database, TOWN_HALL, seen=1, author="anne", two_persons=True)
    await edits.put_in_use(database, TOWN_HALL, seen=1, author="paul", two_persons=True)
    assert await sync(database, file)
    assert not await sync(database, file)
    assert _read(file) == mine
    await _import(database, [one if one.id != TOWN_HALL else one.model_copy(update={"phone": "11"}) for one in known])
    assert await sync(database, file)
    assert _read(file) == mine
    assert "changed" in reasons(await _kept(database), now(), 18)
    await _import(database, [one for one in known if one.id != TOWN_HALL])
    assert "left" in reasons(await _kept(database), now(), 18)
    actions = ["office.proposed", "office.used"]
    async with database.read() as session:
        rows = await session.scalars(select(AuditRow).where(AuditRow.target == f"office:{TOWN_HALL}").order_by(AuditRow.seq))
        assert [row.action for row in rows] == actions


async def test_office_of_the_desk_needs_no_directory_and_is_taken_out_again(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "offices.db"
    new = offices()[0].model_copy(update={"id": "new"})
    name = await edits.propose(database, new, author="anne", use=True)
    with pytest.raises(OfficeRefused, match="twice"):
        await edits.propose(database, new, author="paul")
    assert await sync(database, file)
    assert _read(file, name) == new.model_copy(update={"id": name})
    await edits.propose(database, None, author="anne", name=name, seen=1, use=True)
    assert await sync(database, file)
    assert not file.exists()
    assert (await _kept(database, name)).state == "gone"
    assert [row.state for row in await edits.history(database, name)] == ["used", "used"]
    await edits.propose(database, new, author="anne", name=name, seen=2, use=True)
    assert await sync(database, file)
    await _import(database, offices()[1:])
    await remove_directory(database, author="test")
    await sync(database, file)
    assert _read(file, name) is not None
    assert _read(file) is None


async def test_dropped_proposal_and_old_form_change_nothing(database: Database) -> None:
    await _import(database, offices())
    before = await _kept(database)
    assert before.used is not None
    mine = before.used.model_copy(update={"phone": "00 00 00 99 99"})
    await edits.propose(database, mine, author="anne", name=TOWN_HALL)
    await edits.drop_proposal(database, TOWN_HALL, seen=1, author="paul")
    kept = await _kept(database)
    assert (kept.state, kept.content, kept.used) == ("imported", before.used, before.used)
    with pytest.raises(OfficeRefused, match="moved_on"):
        await edits.propose(database, mine, author="anne", name=TOWN_HALL, seen=0)
    with pytest.raises(OfficeRefused, match="nothing_waits"):
        await edits.drop_proposal(database, TOWN_HALL, seen=1, author="paul")
    await edits.propose(database, mine, author="anne", name=TOWN_HALL, seen=1, use=True)
    assert (await _kept(database)).used == mine


async def test_words_find_offices_of_a_large_directory(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "LISTED", 5)
    await _import(database, offices())
    changed = (await _kept(database)).shown.model_copy(update={"name": "Hôtel de ville de Valdoré"})
    await edits.propose(database, changed, author="anne", name=TOWN_HALL, use=True)
    listed = await edits.stored_offices_of(database, commune="00002")
    assert {one.shown.commune for one in listed} == {"00002", "00004"}
    assert [one.id for one in await edits.stored_offices_of(database, words="hotel valdoré")] == [TOWN_HALL]
    assert await edits.stored_offices_of(database, words="100%") == []


async def test_broken_and_old_records_are_tasks_until_they_are_right(database: Database, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "")
    known = offices()
    old = known[0].model_copy(update={"verified_on": now().date() - timedelta(days=900)})
    broken = known[1].model_copy(
        update={"hours": "2020 Jan 01 09:00-12:00", "phone": "", "email": "", "verified_on": now().date()}
    )
    await _import(database, [old, broken, known[2].model_copy(update={"verified_on": now().date()})])
    assert await raise_tasks(database, settings) == 2
    assert await raise_tasks(database, settings) == 2
    first, second = await open_tasks(database)
    assert (first.kind, second.kind) == ("office", "office")
    notes = {task.note_in("fr") for task in (first, second)}
    assert f"{old.name} : vérifié il y a trop longtemps. /desk/offices/{old.id}" in notes
    assert f"{broken.name} : horaires qui n'ouvrent plus jamais, ni téléphone ni courriel. /desk/offices/{broken.id}" in notes
    assert first.note_in("en").endswith(f"/desk/offices/{old.id}")
    await edits.propose(database, old.model_copy(update={"verified_on": now().date()}), author="anne", name=old.id, use=True)
    assert await raise_tasks(database, settings) == 1


@dataclass
class Desk:
    settings: Settings
    database: Database
    app: FastAPI

    async def browser(self, role: Role) -> httpx.AsyncClient:
        headers = await sign_in(self.database, self.settings, await make_staff(self.database, role))
        transport, base = httpx.ASGITransport(self.app), self.settings.base_url
        return httpx.AsyncClient(base_url=base, transport=transport, headers=headers | {"Accept": "text/html"})


async def _desk(home: Path, redis_url: str, **changes: object) -> Desk:
    url = f"sqlite+aiosqlite:///{home / 'guichet.db'}"
    await migrated(url)
    settings = settings_for(home, url).model_copy(update={"redis_url": redis_url, **changes})
    deps = build(settings)
    await _import(deps.database, offices())
    return Desk(settings, deps.database, create_app(settings, deps, [desk_offices.part(settings, deps.database)]))


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str) -> AsyncIterator[Desk]:
    one = await _desk(tmp_path, redis_url)
    yield one
    await one.database.close()


def _plain(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\xa0", " ").replace("\u202f", " ").split())


async def test_editor_proposes_and_publisher_puts_in_use(desk: Desk) -> None:
    editor, publisher = await desk.browser(Role.EDITOR), await desk.browser(Role.PUBLISHER)
    page = f"/desk/offices/{TOWN_HALL}"
    assert "lundi-vendredi 09:00-12:30, mercredi 14:00-17:30\njours fériés fermé</textarea>" in (await editor.get(page)).text
    assert (await editor.post(page, data=FORM | {"action": "use"})).status_code == 403
    proposed = await editor.post(page, data=FORM | {"action": "keep"})
    assert proposed.headers["location"] == "/desk/offices?done=did_keep"
    kept = await _kept(desk.database)
    assert kept.content is not None
    today = now().astimezone(desk.settings.opening.zone).date()
    assert (kept.state, kept.content.hours, kept.content.verified_on) == ("changing", "Mo-Fr 09:00-12:00", today)
    assert "Propositions en attente" in (await publisher.get("/desk/offices")).text
    assert "Mettre la proposition en service" not in (await editor.get(page)).text
    assert "lundi – vendredi : 9:00–12:00" in _plain(await publisher.get(page))
    accepted = await publisher.post(page, data={"action": "accept", "seen": "1"})
    assert accepted.headers["location"].endswith("did_accept")
    assert (await _kept(desk.database)).state == "edited"
    assert "Ce que dit l’annuaire importé" in (await editor.get(page)).text
    gone = await publisher.post(page, data={"action": "remove", "seen": "1"})
    assert gone.status_code == 303
    assert "Lieux retirés (1)" in _plain(await publisher.get("/desk/offices"))


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    typed = FORM | {"name": "Annexe", "hours": "le matin", "phone": "appelez-nous", "address": "", "email": "x", "website": "y"}
    wrong = await editor.post("/desk/offices/new", data=typed | {"action": "keep", "serves": "12"})
    assert wrong.status_code == 422
    for field in ("address", "hours", "phone", "email", "website", "serves"):
        assert f'id="{field}-wrong"' in wrong.text
        assert f'href="#{field}"' in wrong.text
    assert "le matin</textarea>" in wrong.text
    for commune in ("", "Nulle-Part-sur-Rien"):
        unknown = await editor.post("/desk/offices/new", data=typed | {"commune": commune, "action": "keep"})
        assert "Commune inconnue" in unknown.text
    empty = await editor.post("/desk/offices/new", data={"action": "keep", "seen": "0"})
    assert re.findall(r'<li><a href="#(\w+)"', empty.text) == ["name", "kind", "commune", "address"]
    twice = await editor.post("/desk/offices/new", data=FORM | {"action": "keep"})
    assert twice.status_code == 409
    assert "existe déjà" in twice.text
    assert [one for one in await edits.stored_offices_of(desk.database) if one.version] == []


async def test_somebody_else_was_faster_and_their_version_is_shown(desk: Desk) -> None:
    editor, publisher = await desk.browser(Role.EDITOR), await desk.browser(Role.PUBLISHER)
    page = f"/desk/offices/{TOWN_HALL}"
    await publisher.post(page, data=FORM | {"phone": "00 00 00 77 77", "action": "use"})
    stale = await editor.post(page, data=FORM | {"action": "keep"})
    assert stale.status_code == 409
    assert "00 00 00 77 77" in stale.text
    assert 'name="seen" value="1"' in stale.text
    assert (await editor.post(page, data=FORM | {"seen": "1", "action": "keep"})).status_code == 303


async def test_with_two_persons_nobody_puts_their_own_in_use(tmp_path: Path, redis_url: str) -> None:
    desk = await _desk(tmp_path, redis_url, desk_two_persons=True)
    publisher, other = await desk.browser(Role.PUBLISHER), await desk.browser(Role.ADMINISTRATOR)
    page = f"/desk/offices/{TOWN_HALL}"
    assert 'value="use"' not in (await publisher.get(page)).text
    assert (await publisher.post(page, data=FORM | {"action": "use"})).status_code == 409
    await publisher.post(page, data=FORM | {"action": "keep"})
    accept = {"action": "accept", "seen": "1"}
    assert (await publisher.post(page, data=accept)).status_code == 409
    assert (await other.post(page, data=accept)).status_code == 303
    await desk.database.close()
