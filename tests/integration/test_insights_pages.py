"""The insights' pages over a record of synthetic traffic: who may read them, what they show, and down to a conversation."""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from analytics.desk.insights import PAGES, part
from analytics.insights.job import CountingRules, refresh
from analytics.insights.queries import Scope, summary
from analytics.service_levels import service_levels
from channels.gateway.app import create_app
from channels.gateway.composition import build
from core.database import Database
from core.database.models import AuditRow, Conversation, Satisfaction
from core.identity import Role
from core.settings import Settings
from core.turns import Origin
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.databases import postgresql_when_long
from tools.bench.traffic import Year, load
from tools.bench.traffic.shape import ZONE

TODAY = datetime.now(UTC).date()
YEAR = Year(messages=3000, last=TODAY, days=90)
PERIOD = f"first={YEAR.first}&last={TODAY}"

pytestmark = postgresql_when_long  # what the pages read is read on both in test_insights_reading and _counting


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path)


@pytest.fixture
async def desk(database: Database, database_url: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that asks the gateway for the bench's figures; nobody is signed in."""
    await asyncio.to_thread(load, database_url, YEAR)
    await refresh(database, CountingRules(ZONE, origin=Origin.BENCH, segment_cost=500))
    deps = build(settings)
    app = create_app(settings, deps, [part(settings, deps.database, deps.renderers["web"], origin=Origin.BENCH)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as client:
        yield client
    await deps.close()


async def test_every_page_shows_its_figures_in_both_languages(
    desk: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    assert (await desk.get("/desk/insights")).status_code == 401
    headers = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
    for name in PAGES:
        for language in ("fr", "en"):
            page = await desk.get(f"/desk/insights/{name}?{PERIOD}&lang={language}", headers=headers)
            assert page.status_code == 200, name
            assert f'lang="{language}"' in page.text
            assert ('<svg class="chart"' in page.text) == (name not in ("subjects", "costs", "levels"))
            assert "<table" in page.text
    whole = await summary(database, Scope(YEAR.first, TODAY, origin=Origin.BENCH))
    overview = (await desk.get(f"/desk/insights?{PERIOD}&lang=en", headers=headers)).text
    assert f"<dt>Messages</dt><dd>{whole.turns:,}</dd>" in overview
    assert f"<dt>Requests for a human</dt><dd>{whole.handoffs:,}</dd>" in overview
    assert '<th scope="row">French</th>' in overview


async def test_a_figure_leads_to_its_conversations_and_reading_one_is_audited(
    desk: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    staff = await make_staff(database, Role.SUPERVISOR)
    headers = await sign_in(database, settings, staff)
    overview = (await desk.get(f"/desk/insights?{PERIOD}&lang=en", headers=headers)).text
    found = re.search(r'href="([^"]*outcome=no_answer)"', overview)
    assert found is not None
    turns = (await desk.get(found[1].replace("&amp;", "&"), headers=headers)).text
    link = re.search(r"/desk/insights/conversations/\w+", turns)
    assert link is not None
    assert turns.count("/desk/insights/conversations/") == 50
    conversation = await desk.get(link[0], headers=headers)
    assert conversation.status_code == 200
    assert "(masqué)" in conversation.text
    async with database.read() as session:
        rows = (await session.execute(select(AuditRow).where(AuditRow.action == "conversation.read"))).scalars().all()
    assert [(row.actor, row.target) for row in rows] == [(staff.id, f"conversation:{link[0].rsplit('/', 1)[1]}")]
    assert (await desk.get("/desk/insights/conversations/nobody", headers=headers)).status_code == 404
    reader = await sign_in(database, settings, await make_staff(database, Role.READER))
    questions = await desk.get(found[1].replace("&amp;", "&"), headers=reader)
    assert (questions.status_code, "(masqué)" in questions.text, "/conversations/" in questions.text) == (200, True, False)


async def test_a_quiet_week_has_its_place_and_a_period_is_read_either_way_round(
    desk: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    headers = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
    quiet = YEAR.first - timedelta(days=21)
    for name in ("", "/unanswered"):
        page = (await desk.get(f"/desk/insights{name}?first={quiet}&last={TODAY}", headers=headers)).text
        there = (TODAY - (quiet - timedelta(days=quiet.weekday()))).days // 7 + 1
        assert page[: page.index("</table>")].count('<th scope="row">') == there
        turned = (await desk.get(f"/desk/insights{name}?first={TODAY}&last={quiet}", headers=headers)).text
        assert f'name="first" type="date" value="{quiet}"' in turned


async def test_hours_are_told_in_words_and_nothing_is_an_empty_table(
    desk: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    headers = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
    page = re.sub(r"\s", " ", (await desk.get(f"/desk/insights/hours?{PERIOD}&lang=fr", headers=headers)).text)
    assert "du lundi au vendredi : 09:00–12:00, 14:00–17:00" in page
    assert "du samedi au dimanche : personne" in page
    assert "Mo-Fr" not in page
    early = (await desk.get("/desk/insights/unanswered?first=2001-01-01&last=2001-01-02", headers=headers)).text
    assert "Rien sur cette période." in early
    assert "<tbody>\n  </tbody>" not in early
    assert "outcome=out_of_scope" in early


async def test_an_impossible_period_still_opens(desk: httpx.AsyncClient, database: Database, settings: Settings) -> None:
    headers = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
    for query in ("first=2026-13-40", "first=2999-01-01&last=2998-01-01", "first=0001-01-01", "theme=%00"):
        assert (await desk.get(f"/desk/insights?{query}", headers=headers)).status_code in (200, 422), query


async def test_conversations_are_taken_along_as_csv_a_row_each_and_the_audit_says_so(
    desk: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    address = f"/desk/insights/conversations.csv?{PERIOD}"
    assert (await desk.get(address)).status_code == 401
    async with database.write() as session:
        judged = (await session.scalars(select(Conversation.id).order_by(Conversation.id).limit(1))).one()
        session.add(Satisfaction(conversation_id=judged, satisfied=False, missing="unclear"))
    staff = await make_staff(database, Role.SUPERVISOR)
    headers = await sign_in(database, settings, staff)
    assert "conversations.csv?" in (await desk.get("/desk/insights", headers=headers)).text
    given = await desk.get(address, headers=headers)
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    assert given.headers["content-disposition"].startswith('attachment; filename="guichet-')
    rows = list(csv.DictReader(StringIO(given.text.removeprefix("\ufeff")), delimiter=";"))  # for a French spreadsheet
    async with database.read() as session:
        assert len(rows) == await session.scalar(select(func.count()).select_from(Conversation))
        acts = (await session.scalars(select(AuditRow.action).where(AuditRow.actor == staff.id))).all()
    assert acts.count("insights.exported") == 1
    assert judged not in given.text
    (row,) = [row for row in rows if row["missing"]]
    assert (row["satisfied"], row["missing"]) == ("False", "unclear")
    by_sms = await desk.get(f"{address}&channel=sms", headers=headers)
    few = list(csv.DictReader(StringIO(by_sms.text.removeprefix("\ufeff")), delimiter=";"))
    assert 0 < len(few) < len(rows)
    assert {row["channel"] for row in few} == {"sms"}


async def test_service_levels_are_shown_with_what_is_promised(
    desk: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    headers = await sign_in(database, settings, await make_staff(database, Role.SUPERVISOR))
    page = (await desk.get("/desk/insights/levels?lang=en", headers=headers)).text
    for level in await service_levels(database, origin=Origin.BENCH):
        assert f"{level.total:,}" in page
    assert "Website: within a second" in page
    assert "95.0" in page
