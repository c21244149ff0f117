"""Find and replace at the desk: a preview of each place, one publication of all entries, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.database import Database
from core.entry import Chapter, Entry, TextBlock
from core.identity import Role
from knowledge_base.desk import workflow
from knowledge_base.editing import replacing, saving
from knowledge_base.editing.listing import workflow_state
from knowledge_base.editing.replacing import Replacement
from knowledge_base.editing.steps import Target
from knowledge_base.entries.store import published
from knowledge_base.publishing.publications import decide, recent
from tests.integration.publishing_support import carried_out, knowledge, publisher, revise
from tests.integration.searching_desk import Desk, desk_of
from tests.unit.retrieval.samples import IDENTITY, PASSPORT

_SEVEN = " ".join(["Il coûte 25 €."] * 7)
_STAMP = PASSPORT.model_copy(
    update={"body": (Chapter(heading="Coût", body=(TextBlock(markdown=f"{_SEVEN} Le duplicata coûte 125 €."),)),)}
)


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    made = workflow.part
    monkeypatch.setattr(workflow, "EngineClient", None, raising=False)  # this part asks no engine
    monkeypatch.setattr(workflow, "part", lambda settings, database: made(database, settings))
    one = await desk_of(workflow, tmp_path, redis_url, monkeypatch)
    await revise(one.database, _STAMP)
    yield one
    await one.database.close()


_ASKED = {"find": "25 €", "instead": "30 €"}
_BOXES = ["test/F1/1", "test/F2/2"]


async def test_a_fee_is_replaced_in_all_entries_by_one_publication(desk: Desk, tmp_path: Path) -> None:
    browser = await desk.browser(Role.PUBLISHER)
    page = (await browser.get("/desk/replace", params=_ASKED)).text
    assert "Fiches : 2. Endroits : 8." in page.replace("\N{NO-BREAK SPACE}", " ")
    assert 'value="test/F1/1"' in page
    assert page.count(" checked>") == 1, "an entry that somebody is changing is not ticked"
    answer = await browser.post("/desk/replace", data=_ASKED | {"action": "publish", "entry": _BOXES})
    [asked] = await recent(desk.database)
    assert answer.headers["location"].startswith(f"/desk/publications/{asked.id}")
    assert {(one.entry_id, one.version) for one in asked.changes} == {("F1", 2), ("F2", 3)}
    node = publisher(desk.database, tmp_path, desk.settings.sql_url)
    view = await carried_out(node, desk.database, asked.id)
    if not view.ended:
        await decide(desk.database, asked.id, go=True, author="paul")
        await carried_out(node, desk.database, asked.id)
    served = {one.id: one.model_dump_json() for one in await published(desk.database)}
    assert (served["F1"].count("30 €"), served["F2"].count("30 €"), served["F2"].count("125 €")) == (1, 7, 1)


async def test_what_has_moved_on_or_is_not_saved_stays_and_is_named(desk: Desk) -> None:
    staff = "anne"
    await saving.autosave(desk.database, IDENTITY, started_from=1, author=staff)
    targets = [Target("test", "F1", 1), Target("test", "F2", 1), Target("test", "F9", 1)]
    results = await replacing.replace(desk.database, Replacement("25 €", "30 €"), targets, author=staff, reason="")
    assert [one.code for one in results] == ["unsaved", "moved_on", "missing"]
    assert (await workflow_state(desk.database, "test", "F1")).head == 1


async def test_who_may_not_replace_is_refused_and_sees_their_collections_only(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    posted = _ASKED | {"entry": _BOXES}
    assert (await editor.post("/desk/replace", data=posted | {"action": "publish"})).status_code == 403
    assert (await editor.post("/desk/replace", data=posted | {"action": "submit"})).status_code == 303
    stages = [(await workflow_state(desk.database, "test", page)).stage for page in ("F1", "F2")]
    assert stages == ["in_review", "in_review"]
    elsewhere = await desk.browser(Role.EDITOR, email="b@mairie.example", collections=["ailleurs"])
    assert "Aucune fiche" in (await elsewhere.get("/desk/replace", params=_ASKED)).text
    assert (await elsewhere.post("/desk/replace", data=posted | {"action": "submit"})).status_code == 403
    reader = await desk.browser(Role.READER, email="c@mairie.example")
    assert (await reader.get("/desk/replace")).status_code == 403


@pytest.mark.parametrize(("find", "instead"), [("x", "y"), ("25 €", ""), ("25 €", "25  €"), ("x" * 201, "y")])
async def test_words_that_cannot_be_replaced_are_explained(desk: Desk, find: str, instead: str) -> None:
    browser = await desk.browser(Role.PUBLISHER)
    page = await browser.get("/desk/replace", params={"find": find, "instead": instead})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    posted = {"find": find, "instead": instead, "entry": _BOXES, "action": "publish"}
    assert (await browser.post("/desk/replace", data=posted)).status_code == 422
    assert (await workflow_state(desk.database, "test", "F1")).head == 1


async def test_words_in_too_many_places_are_not_compared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "MOST_PLACES", 7)
    page = await (await desk.browser(Role.PUBLISHER)).get("/desk/replace", params=_ASKED)
    assert (page.status_code, "trop d’endroits" in page.text) == (422, True)


@pytest.mark.parametrize("words", ["25 €", 'dit "oui"', "50 % de", "a_b", "c/d", "é\\*è"])
async def test_words_with_signs_of_json_and_sql_are_found(database: Database, tmp_path: Path, words: str) -> None:
    entry = Entry(id="a", collection="test", title="Fiche", short_answer=f"Il y a {words} ici.")
    other = entry.model_copy(update={"id": "b", "short_answer": "Il y a autre chose ici."})
    await knowledge(database, tmp_path, entry, other)
    found = await replacing.find(database, Replacement(words, "z"))
    assert [(one.id, one.places) for one in found] == [("a", 1)]
    assert await replacing.find(database, Replacement(words, "z"), entry="test/b") == []
