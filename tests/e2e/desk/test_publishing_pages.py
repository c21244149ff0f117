"""The desk's pages on publishing under axe, on a narrow screen, and by keyboard alone."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from playwright.sync_api import expect

from core.database import Database
from core.database.base import now
from core.database.models import Conversation, DemandCluster, DemandMember, Message, Publication
from core.identity import Role
from knowledge_base.editing.saving import save
from knowledge_base.golden.contracts import Golden
from knowledge_base.golden.record import add
from knowledge_base.publishing.contracts import Change, Moved, Reached, Report, Shadowed
from knowledge_base.store import upsert
from tests.e2e.desk.conftest import DeskService, NewContext, page_of
from tests.e2e.web.widget import violations
from tests.unit.retrieval.samples import IDENTITY, PASSPORT

REACHED = Reached(entry_id="F1", version=1, title=IDENTITY.title, part=("Coût",))
OTHER = Reached(entry_id="F2", version=1, title=PASSPORT.title)
MOVED = Moved(
    question="refaire ma carte", citizens=3, before=REACHED, after=OTHER, decision_before="answered", decision_after="choices"
)
REPORT = Report(
    verdict="worse",
    changes=(Change(collection="test", entry_id="F1", version=2, before=1, title=IDENTITY.title),),
    golden=2,
    golden_right_before=2,
    golden_right_after=1,
    real=40,
    real_left_out=7,
    retold=3,
    better=(MOVED,),
    worse=(MOVED,),
    other_entry=(MOVED,),
    other_outcome=(MOVED,),
    shadowed=(Shadowed(entry_id="F1", title=IDENTITY.title, name="CNI perdue", by=OTHER, was_first=True),),
    totals={"better": 1, "worse": 1, "other_entry": 1, "other_outcome": 1, "shadowed": 1},
    seconds=2.5,
)


async def fill(database: Database) -> None:
    """Something on every page: a draft, a publication that waits and one that is active, a subject, a golden question."""
    entries = [IDENTITY, PASSPORT]
    await upsert(database, "test", entries, source="e", checksum="0" * 64, author="test", reason="e")
    await save(database, IDENTITY.model_copy(update={"easy_text": "Facile."}), started_from=1, author="a", reason="r")
    await add(database, Golden(question="refaire ma carte", gold=("F1",), heading="Coût", author="a"))
    async with database.write() as session:
        told = {"changes": [change.model_dump() for change in REPORT.changes], "author": "a", "base": "s1", "candidate": "s2"}
        waiting = Publication(id="waiting", kind="publish", state="checked", verdict="worse", **told)
        waiting.report = REPORT.model_dump(mode="json")
        active = Publication(id="active", kind="publish", state="active", verdict="clear", applied=1, finished_at=now(), **told)
        session.add_all([active, waiting])
        centroid = np.ones(4, np.float32).tobytes()
        session.add(DemandCluster(seq=1, name="place en crèche", terms=["crèche"], model="m@1", centroid=centroid))
        for number in range(3):
            session.add(Conversation(id=f"c{number}", channel="web", origin="citizen", language="fr"))
            await session.flush()
            message = Message(
                id=f"m{number}", conversation_id=f"c{number}", external_id="x", dedup=f"m{number}", text="une crèche"
            )
            message.outcome, message.received_at = "no_answer", now() - timedelta(days=number)
            session.add(message)
            await session.flush()
            session.add(
                DemandMember(message_id=message.id, cluster=1, kind="no_answer", similarity=0.9, at=message.received_at)
            )


@pytest.fixture(scope="module")
def filled(desk: DeskService) -> DeskService:
    desk.work(fill)
    return desk


PAGES = ("publications", "publications/waiting", "try", "demand", "demand/1", "golden")


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_accessible(filled: DeskService, new_context: NewContext, width: int, language: str) -> None:
    page, _ = page_of(filled, new_context, Role.PUBLISHER, viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(f"{filled.url}/desk/{path}?lang={language}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_a_publication_is_asked_for_by_keyboard(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.PUBLISHER)
    page.goto(f"{filled.url}/desk/publications")
    page.get_by_role("checkbox", name=IDENTITY.title).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # the reason
    page.keyboard.type("tarif")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/publications/*")
    expect(page.get_by_text("En attente de son tour")).to_be_visible()  # no publisher runs here
    page.get_by_role("button", name="Abandonner").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Publication abandonnée")).to_be_visible()


def test_a_reader_sees_and_changes_nothing(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.READER)
    for path in PAGES:
        page.goto(f"{filled.url}/desk/{path}")
        assert page.locator("main form[method=post]").filter(has=page.get_by_role("button")).count() == 0, path
