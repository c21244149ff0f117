"""The verdict at the end of a contact, and suggestions while typing, through a running gateway."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from analytics.insights.daily import count_day
from analytics.insights.facts import read_day
from analytics.insights.figures import Kind
from core.database import Database
from core.database.models import Conversation, EntryRow, Message, Satisfaction
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for
from tests.integration.migrated import migrated
from tests.waiting import until


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


async def test_verdict_is_recorded_once_for_a_conversation_and_counted(settings: Settings) -> None:
    database = Database(settings.sql_url)
    async with guichet(settings) as service:
        citizen, other = await service.citizen(), await service.citizen()

        async def judge(who: dict[str, str], **verdict: object) -> int:
            return (await service.http.post("/api/web/satisfaction", json=verdict, headers=who)).status_code

        assert await judge(citizen.headers, satisfied=False) == 204
        assert await judge(citizen.headers, satisfied=False, missing="person") == 204
        assert await judge(other.headers, satisfied=True, missing="person") == 204  # of no use, and not kept
        assert await judge(other.headers, satisfied=False, missing="<script>") == 422
        assert await judge({}, satisfied=True) == 401
    today = datetime.now(UTC).astimezone(settings.opening.zone).date()
    async with database.read() as session:
        rows = (await session.execute(select(Satisfaction.satisfied, Satisfaction.missing))).all()
        origin = (await session.execute(select(Conversation.origin).limit(1))).scalar_one()
        facts = await read_day(session, today, zone=settings.opening.zone, origin=origin)
    assert {tuple(row) for row in rows} == {(False, "person"), (True, "")}
    counted = count_day(facts, zone=settings.opening.zone, themes={}, segment_cost=0).count
    assert {cell.key: n for cell, n in counted.items() if cell.kind == Kind.SATISFACTION} == {"not:person": 1, "satisfied": 1}
    await database.close()


async def test_suggestions_are_of_published_pages_and_leave_nothing_behind(settings: Settings) -> None:
    database = Database(settings.sql_url)
    async with database.write() as session:
        for number, (title, status) in enumerate((("Carte perdue", "published"), ("Carte secrète", "draft"))):
            session.add(
                EntryRow(
                    collection="c", id=f"S{number}", locale="fr", title=title, version=1, digest="d", status=status,
                    content={"wordings": ["égaré mes papiers"]},
                )
            )  # fmt: skip
    async with guichet(settings) as service:

        async def typed(text: str) -> list[str]:
            answer = await service.http.post("/api/web/suggestions", json={"text": text})
            assert answer.status_code == 200
            return [one["text"] for one in answer.json()]

        await until(partial(typed, "cart"))  # the index is made aside
        assert await typed("cart") == ["Carte perdue"]
        assert await typed("egare pap") == ["égaré mes papiers"]
        too_long = await service.http.post("/api/web/suggestions", json={"text": "x" * 121})
        assert too_long.status_code == 422
    async with database.read() as session:
        for table in (Conversation, Message):
            assert (await session.execute(select(func.count()).select_from(table))).scalar_one() == 0
    await database.close()


@pytest.mark.parametrize(("changes", "given"), [({"suggestions": False}, 0), ({"limit_suggestions_per_minute": 10}, 10)])
async def test_suggestions_switched_off_or_asked_for_too_often_are_none(
    settings: Settings, changes: dict[str, object], given: int
) -> None:
    database = Database(settings.sql_url)
    async with database.write() as session:
        session.add(
            EntryRow(
                collection="c", id="S", locale="fr", title="Carte perdue", version=1, digest="d", status="published", content={}
            )
        )  # fmt: skip
    await database.close()
    async with guichet(settings.model_copy(update=changes)) as service:
        answers = [(await service.http.post("/api/web/suggestions", json={"text": "cart"})).json() for _ in range(60)]
    assert sum(bool(answer) for answer in answers) <= given
    assert all(answer == [] for answer in answers[given:])
