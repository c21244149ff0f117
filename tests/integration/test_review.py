"""Review: drawn once a day, judged blind by two, and what follows: golden questions, tasks, a correction to the citizen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update

from channels.gateway.composition import build
from channels.http.deps import Deps
from cli.gateway import create
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, Conversation, Correction, EditorTask, GoldenQuestion, Reply, ReviewItem, Verdict
from core.identity import Role
from core.settings import Settings
from core.turns import Origin
from knowledge_base.quality.drift.comparison import ChangedFigure, Drift
from knowledge_base.quality.drift.editor_task import raise_task
from supervision.review.sampling import draw
from tests.desk_support import found_on, make_staff, sign_in
from tests.integration.channels_support import settings_for
from tools.bench.traffic import Year, load
from tools.bench.traffic.shape import ZONE

DAY = date(2026, 11, 18)
YEAR = Year(messages=400, last=date(2026, 11, 20), days=5)


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path)


@pytest.fixture
async def deps(database: Database, database_url: str, settings: Settings) -> AsyncIterator[Deps]:
    await asyncio.to_thread(load, database_url, YEAR)
    await draw(database, DAY, zone=ZONE, size=12, origin=Origin.BENCH)
    deps = build(settings)
    yield deps
    await deps.close()


@pytest.fixture
async def desk(deps: Deps, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create(settings, deps)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as client:
        yield client


async def test_a_day_is_drawn_once_and_only_its_replies(deps: Deps) -> None:
    assert await draw(deps.database, DAY, zone=ZONE, size=12, origin=Origin.BENCH) == 0
    assert await draw(deps.database, date(2026, 11, 19), zone=ZONE, size=3) == 0  # no citizen wrote
    async with deps.database.read() as session:
        rows = (await session.execute(select(ReviewItem, Reply).join(Reply, Reply.id == ReviewItem.reply_id))).all()
    assert len(rows) == 12
    assert {reply.created_at.astimezone(ZONE).date() for _, reply in rows} == {DAY}
    assert len({item.stratum for item, _ in rows}) > 3


async def test_two_people_judge_blind_and_what_they_say_becomes_a_question_and_a_task(
    desk: httpx.AsyncClient, deps: Deps, settings: Settings
) -> None:
    database = deps.database
    ada, bob = await _two_people(database, settings)
    page = (await desk.get("/desk/review", headers=ada)).text
    item = re.search(r'action="/desk/review/(\d+)"', page)
    assert item is not None
    note = "La fiche T3 répond. Rappeler le 06 39 98 12 34."
    said = {"opinion": "wrong_entry", "entry": "T3", "note": note, "golden": "1"}
    assert (await desk.post(item[0][8:-1], data={"opinion": "fine"}, headers=ada)).status_code == 422
    refused = await desk.post(item[0][8:-1], data=said | {"entry": "nowhere"}, headers=ada)
    assert refused.status_code == 409
    for kept in (
        "Aucune fiche ne porte cet identifiant",
        f"{note}</textarea>",
        'value="nowhere"',
        item[0],
    ):
        assert kept in refused.text
    assert len(re.findall(r"<input[^>]* checked", refused.text)) == 2  # the verdict and the golden question
    assert (await desk.post(item[0][8:-1], data=said, headers=ada)).headers["location"] == "/desk/review?done=kept"
    assert (await desk.post(item[0][8:-1], data=said, headers=ada)).status_code == 409
    assert item[0] not in (await desk.get("/desk/review", headers=ada)).text
    seen = (await desk.get("/desk/review", headers=bob)).text
    assert item[0] in seen
    form = seen[: seen.index("</form>", seen.index(item[0]))]
    assert "checked" not in form  # nothing of Ada's verdict shows
    await desk.post(item[0][8:-1], data=said, headers=bob)
    assert item[0] not in (await desk.get("/desk/review", headers=bob)).text
    async with database.read() as session:
        golden = (await session.execute(select(GoldenQuestion))).scalars().one()
        tasks = (await session.execute(select(EditorTask))).scalars().all()
        notes = set(await session.scalars(select(Verdict.note))) | {task.note for task in tasks}
    assert notes == {"La fiche T3 répond. Rappeler le •••."}  # the task outlives the conversation
    assert golden.accepted == ["T3"]
    assert (golden.origin, golden.active) == ("review", True)
    assert [(task.kind, task.entry) for task in tasks] == [("wording", "T3")]
    assert "La fiche T3 répond." in (await desk.get("/desk/review", headers=bob)).text
    await _an_editor_does_the_task(desk, database, settings)
    async with database.write() as session:
        await session.execute(delete(Conversation))
    async with database.read() as session:
        assert (await session.execute(select(Verdict))).first() is None
        assert (await session.execute(select(EditorTask.reply_id))).scalars().all() == [None]


async def _an_editor_does_the_task(desk: httpx.AsyncClient, database: Database, settings: Settings) -> None:
    assert (await desk.get("/desk/tasks", headers=await _signed_in(database, settings, Role.SUPERVISOR))).status_code == 403
    elsewhere = await _signed_in(database, settings, Role.EDITOR, collections=["other"])
    assert "La fiche T3 répond." not in (await desk.get("/desk/tasks", headers=elsewhere)).text
    editor = await _signed_in(database, settings, Role.EDITOR)
    page = (await desk.get("/desk/tasks", headers=editor)).text
    assert "La fiche T3 répond." in page
    close = re.search(r"/desk/tasks/\d+/close", page)
    assert close is not None
    assert (await desk.post(close[0], headers=elsewhere)).headers["location"].endswith("gone")
    assert (await desk.post(close[0], headers=editor)).headers["location"].endswith("closed")
    assert (await desk.post(close[0], headers=editor)).headers["location"].endswith("gone")
    assert close[0] not in (await desk.get("/desk/tasks", headers=editor)).text
    async with database.read() as session:
        audited = await session.execute(select(AuditRow.target).where(AuditRow.action == "task.closed"))
    assert audited.scalars().all() == [f"task:{close[0].split('/')[3]}"]
    assert (await desk.post(close[0].replace("close", "reopen"), headers=editor)).headers["location"].endswith("reopened")
    assert close[0] in (await desk.get("/desk/tasks", headers=editor)).text


async def _signed_in(database: Database, settings: Settings, role: Role, **more: Any) -> dict[str, str]:
    email = f"{len(more)}-{role.value}@mairie.example"
    return await sign_in(database, settings, await make_staff(database, role, email=email, **more))


async def test_a_correction_reaches_a_citizen_who_is_still_there_once(
    desk: httpx.AsyncClient, deps: Deps, settings: Settings
) -> None:
    database = deps.database
    ada = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
    async with database.write() as session:
        first = await session.execute(select(ReviewItem.seq, ReviewItem.reply_id).order_by(ReviewItem.seq).limit(1))
        item, reply = first.one()
        conversation = (await session.execute(select(Reply.conversation_id).where(Reply.id == reply))).scalar_one()
        await session.execute(update(Conversation).where(Conversation.id == conversation).values(last_at=now()))
    longest = "a\n" * 318 + "86 €"  # as many characters as the page's box takes
    said = {"opinion": "outdated", "correction": longest.replace("\n", "\r\n")}
    sent = await desk.post(f"/desk/review/{item}", data=said, headers=ada)
    assert sent.headers["location"].endswith("correction_sent")
    async with database.read() as session:
        newest = select(Reply).where(Reply.conversation_id == conversation).order_by(Reply.seq.desc()).limit(1)
        last = (await session.execute(newest)).scalar_one()
        corrected = (await session.execute(select(Correction))).scalars().one()
    assert [block["type"] for block in last.blocks] == ["notice", "text"]
    assert last.blocks[1]["text"] == longest
    assert (corrected.reply_id, corrected.correction_id) == (reply, last.id)
    assert last.author == corrected.author
    # The next one's conversation has not moved for long.
    page = (await desk.get("/desk/review", headers=ada)).text
    following = re.search(r'action="(/desk/review/\d+)"', page)
    assert following is not None
    async with database.write() as session:
        await session.execute(
            update(Conversation).where(Conversation.id != conversation).values(last_at=datetime(2026, 11, 18, tzinfo=UTC))
        )
    assert (await desk.post(following[1], data=said, headers=ada)).headers["location"].endswith("correction_gone")


async def test_a_verdict_is_taken_back_with_the_task_that_it_alone_gave(
    desk: httpx.AsyncClient, deps: Deps, settings: Settings
) -> None:
    database = deps.database
    ada, bob = await _two_people(database, settings)

    async def tasks() -> list[str]:
        async with database.read() as session:
            return [row.kind for row in (await session.scalars(select(EditorTask).order_by(EditorTask.seq))).all()]

    page = (await desk.get("/desk/review", headers=ada)).text
    left = re.search(r"Reste à relire\s:\s(\d+)", page)
    form = re.search(r'action="(/desk/review/\d+)"', page)
    assert left
    assert form
    assert "/withdraw" not in page
    assert "/desk/insights/conversations/" in page
    await desk.post(form[1], data={"opinion": "outdated"}, headers=ada)
    page = (await desk.get("/desk/review", headers=ada)).text
    assert re.search(rf"Reste à relire\s:\s{int(left[1]) - 1}\.", page)
    assert re.search(r"«\sC’est dépassé\s»", page)
    assert f"{form[1]}/withdraw" in page
    assert (await desk.post(f"{form[1]}/withdraw", headers=bob)).headers["location"].endswith("not_withdrawn")
    assert await tasks() == ["outdated"]
    assert (await desk.post(f"{form[1]}/withdraw", headers=ada)).headers["location"].endswith("=withdrawn")
    assert await tasks() == []
    assert f'action="{form[1]}"' in (await desk.get("/desk/review", headers=ada)).text  # the same again
    for reviewer in (ada, bob):
        await desk.post(form[1], data={"opinion": "outdated"}, headers=reviewer)
    await desk.post(f"{form[1]}/withdraw", headers=ada)
    assert await tasks() == ["outdated"]  # Bob said so, too
    async with database.read() as session:
        actions = (await session.scalars(select(AuditRow.action).order_by(AuditRow.seq))).all()
    assert [action for action in actions if action.startswith("review.")].count("review.withdrawn") == 2


async def test_what_the_night_found_is_read_by_editors_in_their_language_and_hinders_no_review(
    desk: httpx.AsyncClient, deps: Deps, settings: Settings
) -> None:
    drift = Drift(9, tuple(f"g{number}" for number in range(7)), (), True, (ChangedFigure("answered", 0.66, 0.45),), 7, 27)
    assert await raise_task(deps.database, drift)
    supervisor = await _signed_in(deps.database, settings, Role.SUPERVISOR)
    assert (await desk.get("/desk/review", headers=supervisor)).status_code == 200
    editor = await _signed_in(deps.database, settings, Role.EDITOR)
    french = (await desk.get("/desk/tasks", headers=editor)).text
    english = (await desk.get("/desk/tasks", headers=editor, params={"lang": "en"})).text
    for page, there, other in ((french, "« Réponse donnée »", "“Answered”"), (english, "“Answered”", "« Réponse donnée »")):
        assert there in page
        assert other not in page
        assert "quality" not in page
        assert 'href="/desk/publications"' in page
    close = found_on(r"(/desk/tasks/\d+/close)", french)
    await desk.post(close, headers=editor)
    closed = (await desk.get("/desk/tasks", headers=editor, params={"lang": "fr"})).text
    assert "Rouvrir la tâche sur toutes les fiches" in closed


async def test_a_task_of_others_is_not_reopened(desk: httpx.AsyncClient, deps: Deps, settings: Settings) -> None:
    database = deps.database
    async with database.write() as session:
        session.add(EditorTask(kind="outdated", entry="T3", note="n", created_by="x", closed_by="x", closed_at=now()))
    elsewhere = await _signed_in(database, settings, Role.EDITOR, collections=["other"])
    async with database.read() as session:
        seq = (await session.execute(select(EditorTask.seq))).scalar_one()
    assert (await desk.post(f"/desk/tasks/{seq}/reopen", headers=elsewhere)).headers["location"].endswith("gone")


async def test_readers_do_not_review(desk: httpx.AsyncClient, deps: Deps, settings: Settings) -> None:
    reader = await sign_in(deps.database, settings, await make_staff(deps.database, Role.READER))
    assert (await desk.get("/desk/review", headers=reader)).status_code == 403


async def _two_people(database: Database, settings: Settings) -> list[dict[str, str]]:
    """The headers of two supervisors who are signed in."""
    emails = ("ada@mairie.example", "bob@mairie.example")
    return [await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR, email=email)) for email in emails]
