"""The request for a review in one place: what it shows, and the decisions taken there."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import update

from core.database.models import CheckedLink, Publication
from core.entry import Entry
from core.identity import Role
from knowledge_base.editing import saving, steps
from knowledge_base.editing.listing import workflow_state
from knowledge_base.editing.steps import Policy, Target
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import get, recent
from tests.e2e.desk.content import MOVED, REPORT
from tests.integration.editing_support import publish
from tests.integration.test_desk_workflow import STEPS, Desk, desk

__all__ = ["desk"]  # the fixture
_HTML = {"Accept": "text/html"}
_TARGET = Target("essai", "a")


async def submitted(desk: Desk) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """An entry whose fee Anne has changed, and for which she asks for a review; her browser and that of a publisher."""
    author, anne = await desk.browser(Role.EDITOR)
    publisher, _ = await desk.browser(Role.PUBLISHER)
    entry = Entry(id="a", collection="essai", title="Carte", introduction="Elle coûte 25 €.")
    await saving.save(desk.database, entry, started_from=0, author="import", reason="")
    await publish(desk.database, [_TARGET], author="paul", policy=Policy())
    dead = "https://mairie.example/perdu"
    async with desk.database.write() as session:
        session.add(CheckedLink(digest="d" * 64, url=dead, why="gone", failures=2))
    changed = entry.model_copy(update={"introduction": f"Elle coûte 30 €. [Ici]({dead})."})
    await saving.save(desk.database, changed, started_from=1, author=anne, reason="Tarif 2027")
    await steps.submit(desk.database, [_TARGET], author=anne, reason="Voté le 12 novembre")
    return author, publisher


async def judged(desk: Desk, browser: httpx.AsyncClient, verdict: str) -> str:
    """The publisher has citizens' questions asked again, and the gate has judged."""
    answer = await browser.post(STEPS, data={"action": "check", "head": "2"})
    assert answer.headers["Location"] == f"{STEPS}?done=did_check"
    report = REPORT.model_copy(update={"verdict": verdict, "worse": (MOVED,) if verdict == "worse" else ()})
    values = {"state": State.CHECKED, "verdict": verdict, "report": report.model_dump(mode="json")}
    async with desk.database.write() as session:
        await session.execute(update(Publication).values(values))
    [asked] = await recent(desk.database)
    assert [(change.entry_id, change.version) for change in asked.changes] == [("a", 2)]
    return asked.id


def main_buttons(page: str) -> list[str]:
    return re.findall(r'<button class="main" name="action" value="(\w+)"', page)


async def test_request_shows_reason_difference_preview_checks_and_questions(desk: Desk) -> None:
    _, publisher = await submitted(desk)
    page = (await publisher.get(STEPS, headers=_HTML)).text
    for shown in ("Voté le 12 novembre", "Tarif 2027", "Editor", "<del>25</del>", "<ins>30</ins>", "Vu par SMS"):
        assert shown in page
    assert "Vu par le citoyen" in page
    assert "https://mairie.example/perdu : la page n’existe plus" in page
    assert "refaire ma carte" not in page
    assert main_buttons(page) == ["check"]
    await judged(desk, publisher, "changes")
    page = (await publisher.get(STEPS, headers=_HTML)).text
    assert "refaire ma carte" in page
    assert main_buttons(page) == ["publish"]


async def test_publish_is_not_the_main_button_where_answers_degrade(desk: Desk) -> None:
    _, publisher = await submitted(desk)
    await judged(desk, publisher, "worse")
    page = (await publisher.get(STEPS, headers=_HTML)).text
    assert main_buttons(page) == ["send_back"]
    assert ">Publier quand même</button>" in page


async def test_judged_draft_is_published_on_its_page(desk: Desk) -> None:
    _, publisher = await submitted(desk)
    name = await judged(desk, publisher, "clear")
    answer = await publisher.post(STEPS, data={"action": "publish", "head": "2"})
    assert answer.headers["Location"] == f"{STEPS}?done=did_publish"
    approved = await get(desk.database, name)
    assert approved is not None
    assert approved.state == State.APPROVED
    assert len(await recent(desk.database)) == 1, "no second publication"
    assert main_buttons((await publisher.get(STEPS, headers=_HTML)).text) == []


async def test_asking_for_changes_drops_the_publication_and_calls_the_author(desk: Desk) -> None:
    author, publisher = await submitted(desk)
    name = await judged(desk, publisher, "worse")
    await publisher.post(STEPS, data={"action": "send_back", "head": "2", "reason": "Le lien est mort."})
    dropped = await get(desk.database, name)
    assert dropped is not None
    assert dropped.state == State.DROPPED
    assert (await workflow_state(desk.database, "essai", "a")).stage == "draft"
    assert "avec des changements à faire" in (await author.get("/desk", headers=_HTML)).text
    assert "Fiches renvoyées" not in (await publisher.get("/desk", headers=_HTML)).text
    assert "Changements demandés" in (await author.get("/desk/work?mine=1", headers=_HTML)).text
    assert "Le lien est mort." in (await author.get(STEPS, headers=_HTML)).text


@pytest.mark.parametrize("action", ["check", "publish"])
async def test_rule_of_two_persons_holds_on_the_page_of_the_request(desk: Desk, action: str) -> None:
    publisher, me = await desk.browser(Role.PUBLISHER)
    entry = Entry(id="a", collection="essai", title="Carte", introduction="Elle coûte 25 €.")
    await saving.save(desk.database, entry, started_from=0, author=me, reason="")
    answer = await publisher.post(STEPS, data={"action": action, "head": "1"})
    assert "refused_own_revision" in answer.headers["Location"]
    assert await recent(desk.database) == []


async def test_judged_publication_is_not_decided_by_its_author_on_the_page_of_the_request(desk: Desk) -> None:
    publisher, me = await desk.browser(Role.PUBLISHER)
    other, _ = await desk.browser(Role.ADMINISTRATOR)
    entry = Entry(id="a", collection="essai", title="Carte", introduction="Elle coûte 25 €.")
    await saving.save(desk.database, entry, started_from=0, author=me, reason="")
    await other.post(STEPS, data={"action": "check", "head": "1"})
    async with desk.database.write() as session:
        await session.execute(update(Publication).values(state=State.CHECKED, verdict="clear"))
    answer = await publisher.post(STEPS, data={"action": "publish", "head": "1"})
    assert "refused_own_revision" in answer.headers["Location"]
    [waiting] = await recent(desk.database)
    assert waiting.state == State.CHECKED


async def test_editor_sees_the_request_and_decides_nothing(desk: Desk) -> None:
    author, _ = await submitted(desk)
    page = (await author.get(STEPS, headers=_HTML)).text
    assert "<ins>30</ins>" in page
    assert main_buttons(page) == []
    assert (await author.post(STEPS, data={"action": "check", "head": "2"})).status_code == 403
