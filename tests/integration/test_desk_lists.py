"""The start page's numbers for each role, and the lists of entries that they lead to: reports, filters, saved views."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from cli.gateway import create
from core.database import Database
from core.database.base import now
from core.database.models import CheckedLink, EditorTask, EntryRow, InsightFigure, StaffRow
from core.entry import Entry
from core.identity import Role
from core.settings import Settings
from knowledge_base.editing import listing, saving, steps
from knowledge_base.editing.steps import Target
from knowledge_base.entries import store
from knowledge_base.publishing.publications import recent
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for

_DEAD = "https://mairie.example/perdu"
_LIST = "/desk/entries"


class Desk:
    """The whole gateway with three published entries: an old one, one with a broken link, one that citizens ask for."""

    def __init__(self, settings: Settings, database: Database, http: httpx.AsyncClient) -> None:
        self.settings, self.database, self.http = settings, database, http

    async def person(self, role: Role, **more: Any) -> tuple[str, dict[str, str]]:
        staff = await make_staff(self.database, role, email=f"{role}{len(more)}@mairie.example", **more)
        return staff.id, await sign_in(self.database, self.settings, staff)

    async def page(self, path: str, headers: dict[str, str]) -> str:
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    async def figures(self, headers: dict[str, str]) -> dict[str, str]:
        """Name → number, on the start page."""
        found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>(?:<a href=\"[^\"]+\">)?([^<]+)", await self.page("/desk", headers))
        return {name: number.replace("\N{NO-BREAK SPACE}", " ") for name, number in found}

    async def titles(self, query: str, headers: dict[str, str]) -> list[str]:
        """The entries of a list, in order."""
        page = await self.page(f"{_LIST}?{query}", headers)
        return re.findall(r'<th scope="row"><a href="/desk/entries/ville/(\w+)">', page)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)
    app = create(settings)
    database: Database = app.state.deps.database
    today = now().astimezone(settings.opening.zone).date()
    entries = [
        Entry(id="old", collection="ville", title="Vieille", introduction="Un.", verified_on=date(2019, 1, 1)),
        Entry(
            id="link", collection="ville", title="Liée", introduction=f"[Ici]({_DEAD}).", verified_on=today - timedelta(days=30)
        ),
        Entry(id="asked", collection="ville", title="Demandée", introduction="Trois.", verified_on=today),
    ]
    await store.upsert(database, "ville", entries, source="x", checksum="1", author="import", reason="")
    async with database.write() as session:
        await session.execute(update(EntryRow).values(served=None))  # as after their publication
        session.add(CheckedLink(digest="d" * 64, url=_DEAD, why="gone", failures=2, entries=["link", "other"]))
        session.add(EditorTask(kind="incomplete", entry="asked", note="À compléter", created_by="x"))
        for entry, shown, useless in (("asked", 7, 1), ("old", 3, 2)):
            where = {"origin": "citizen", "kind": "subjects", "channel": "web", "theme": "none"}
            session.add(InsightFigure(day=today, key=entry, count=shown, total=useless, **where))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers={"Accept": "text/html"}) as http:
        yield Desk(settings, database, http)
    await app.state.deps.close()


async def test_start_page_counts_what_each_role_works_on(desk: Desk) -> None:
    anne, editor = await desk.person(Role.EDITOR)
    _, publisher = await desk.person(Role.PUBLISHER)
    for name in ("n1", "n2"):
        draft = Entry(id=name, collection="ville", title=name, introduction="Neuf.")
        await saving.save(desk.database, draft, started_from=0, author=anne, reason="")
    await steps.submit(desk.database, [Target("ville", "n2")], author=anne)
    theirs = await desk.figures(editor)
    assert (theirs["Vos brouillons"], theirs["Fiches en relecture"]) == ("1", "1")
    assert (theirs["Fiches à vérifier"], theirs["Fiches avec un lien cassé"], theirs["Tâches ouvertes"]) == ("1", "1", "1")
    assert "Fiches approuvées, à publier" not in theirs
    assert "Conversations qui attendent un agent" not in theirs
    assert theirs["Messages en 7 jours"] == "0"
    his = await desk.figures(publisher)
    assert (his["Vos brouillons"], his["Fiches en relecture"]) == ("0", "1")
    assert (his["Fiches approuvées, à publier"], his["Publications qui attendent votre décision"]) == ("0", "0")
    _, supervisor = await desk.person(Role.SUPERVISOR)
    hers = await desk.figures(supervisor)
    assert hers["Conversations qui attendent un agent"] == "0"
    assert "Réponses à relire" in hers
    assert "Vos brouillons" not in hers
    _, administrator = await desk.person(Role.ADMINISTRATOR)
    operator = await desk.figures(administrator)
    assert operator["Canaux arrêtés"] == "0"
    assert int(operator["Comptes sans second facteur"]) == 4
    _, reader = await desk.person(Role.READER)
    assert set(await desk.figures(reader)) == {
        "Messages en 7 jours",
        "Contacts qui ont eu leur réponse, sans agent",
        "Réponses jugées utiles",
    }


async def test_editors_of_a_collection_count_its_entries_only(desk: Desk) -> None:
    _, editor = await desk.person(Role.EDITOR, collections=["ailleurs"])
    theirs = await desk.figures(editor)
    assert (theirs["Fiches à vérifier"], theirs["Fiches avec un lien cassé"], theirs["Tâches ouvertes"]) == ("0", "0", "0")


async def test_lists_show_broken_links_and_what_is_asked_most_and_answered_badly(desk: Desk) -> None:
    _, editor = await desk.person(Role.EDITOR)
    assert await desk.titles("links=broken", editor) == ["link"]
    page = await desk.page(f"{_LIST}?links=broken", editor)
    assert _DEAD in page
    assert "la page n’existe plus" in page
    assert await desk.titles("order=asked", editor) == ["asked", "old"]
    assert await desk.titles("order=disliked", editor) == ["old", "asked"]
    assert await desk.titles("order=disliked&before=2020-01-01", editor) == ["old"]
    assert (await desk.http.get(f"{_LIST}?order=wrong", headers=editor)).status_code == 422


async def test_corrected_link_leaves_the_list_before_the_next_night(desk: Desk) -> None:
    _, editor = await desk.person(Role.EDITOR)
    corrected = Entry(id="link", collection="ville", title="Liée", introduction="Plus de lien.")
    await store.upsert(desk.database, "ville", [corrected], source="x", checksum="2", author="import", reason="", force=True)
    assert await desk.titles("links=broken", editor) == []


async def test_owner_and_date_are_given_to_the_ticked_entries_of_a_report(desk: Desk) -> None:
    anne, editor = await desk.person(Role.EDITOR)
    form = {"action": "keep", "entry": ["ville/old/1", "ville/asked/1"], "owner": anne, "review_by": "2027-05-01"}
    answer = await desk.http.post("/desk/work?before=2026-01-01&order=verified&done=x", data=form, headers=editor)
    assert answer.headers["Location"] == f"{_LIST}?done=did_keep&before=2026-01-01&order=verified"
    assert sorted(await desk.titles(f"owner={anne}", editor)) == ["asked", "old"]
    assert "à relire le 1er mai 2027" in await desk.page(f"{_LIST}?owner={anne}", editor)
    stale = await desk.http.post("/desk/work?order=title", data=form | {"entry": ["ville/old/9"]}, headers=editor)
    assert stale.headers["Location"] == f"{_LIST}?failed=not_all_kept&order=title"


async def test_list_is_kept_under_a_name_by_its_reader_alone(desk: Desk) -> None:
    _, reader = await desk.person(Role.READER)
    _, other = await desk.person(Role.EDITOR)
    wanted = {"name": " Vieilles  fiches ", "before": "2020-01-01", "order": "verified", "q": ""}
    kept = await desk.http.post("/desk/views", data=wanted, headers=reader)
    assert kept.headers["Location"] == f"{_LIST}?done=view_saved&before=2020-01-01&order=verified"
    page = await desk.page(f"{_LIST}?before=2020-01-01&order=verified", reader)
    assert '<a href="/desk/entries?before=2020-01-01&order=verified" aria-current="page">Vieilles fiches</a>' in page
    assert "Vieilles fiches" not in await desk.page(_LIST, other)
    [seq] = re.findall(r"/desk/views/(\d+)/remove", page)
    await desk.http.post(f"/desk/views/{seq}/remove", headers=other)
    assert "Vieilles fiches" in await desk.page(_LIST, reader)
    await desk.http.post("/desk/views", data=wanted | {"order": "title"}, headers=reader)
    assert (await desk.page(_LIST, reader)).count("Vieilles fiches") == 1, "the same name is the same list"
    await desk.http.post(f"/desk/views/{int(seq) + 1}/remove", headers=reader)
    assert "Vieilles fiches" not in await desk.page(_LIST, reader)


@pytest.mark.parametrize(
    ("wanted", "word"),
    [({"name": "x"}, "failed=view_wrong"), ({"name": "\x00 ", "order": "title"}, "failed=view_wrong&order=title")],
)
async def test_list_without_a_name_or_a_filter_is_not_kept(desk: Desk, wanted: dict[str, str], word: str) -> None:
    _, reader = await desk.person(Role.READER)
    answer = await desk.http.post("/desk/views", data=wanted, headers=reader)
    assert answer.headers["Location"] == f"{_LIST}?{word}"


async def test_twenty_lists_are_the_most(desk: Desk) -> None:
    me, reader = await desk.person(Role.READER)
    for number in range(21):
        answer = await desk.http.post("/desk/views", data={"name": f"v{number}", "order": "title"}, headers=reader)
    assert "failed=view_many" in answer.headers["Location"]
    async with desk.database.write() as session:
        await session.delete(await session.get_one(StaffRow, me))  # its lists go with an account


async def test_entries_that_were_read_again_get_a_new_date_by_one_publication(desk: Desk) -> None:
    _, publisher = await desk.person(Role.PUBLISHER)
    anne, _ = await desk.person(Role.EDITOR)
    busy = Entry(id="asked", collection="ville", title="Demandée", introduction="Quatre.", verified_on=date(2019, 1, 1))
    await saving.save(desk.database, busy, started_from=1, author=anne, reason="")
    form = {"action": "verify", "entry": ["ville/old/1", "ville/link/1", "ville/asked/2"]}
    answer = await desk.http.post("/desk/work", data=form, headers=publisher)
    assert answer.headers["Location"] == "/desk/work?failed=refused_wrong_stage&refused=1&of=3"
    [asked] = await recent(desk.database)
    assert [(change.entry_id, change.version) for change in asked.changes] == [("old", 2), ("link", 2)]
    day = now().astimezone(desk.settings.opening.zone).date()
    old = await listing.revision(desk.database, "ville", "old", 2)
    assert (old.verified_on, old.introduction) == (day, "Un.")
    assert (await listing.revision(desk.database, "ville", "asked", 2)).verified_on == date(2019, 1, 1)


async def test_editors_ask_for_a_review_of_what_they_read_again(desk: Desk) -> None:
    _, editor = await desk.person(Role.EDITOR)
    answer = await desk.http.post("/desk/work", data={"action": "verify", "entry": ["ville/old/1"]}, headers=editor)
    assert answer.headers["Location"] == "/desk/work?done=did_submit"
    answer = await desk.http.post("/desk/work", data={"action": "verify", "entry": ["ville/asked/1"]}, headers=editor)
    assert answer.headers["Location"] == "/desk/work?done=did_keep", "it has this day already"
    assert (await listing.workflow_state(desk.database, "ville", "old")).stage == "in_review"
    assert await recent(desk.database) == []
