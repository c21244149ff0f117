"""What pages, exports and open data read: the same as the record says. On SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pyarrow import parquet
from sqlalchemy import func, select

from analytics.insights import export
from analytics.insights.drill import TurnFilter, matching_turns
from analytics.insights.figures import Kind
from analytics.insights.job import CountingRules, refresh
from analytics.insights.queries import Scope, costs, daily, heat_map, rising_subjects, subjects, summary
from analytics.insights.themes import load_catalogue
from analytics.open_data.cells import Cell
from analytics.open_data.first_answers import relations as relations_of_first_answers
from analytics.open_data.tables import domains, month, relations, sealed_months
from core.database import Database
from core.database.models import Conversation, Feedback, Handoff, Message, Reply
from core.turns import Origin
from tools.bench.traffic import Year, load
from tools.bench.traffic.rows import NEW_TOPIC, THEMES
from tools.bench.traffic.shape import ZONE

YEAR = Year(messages=4000, last=date(2026, 11, 3), days=36)
SCOPE = Scope(YEAR.first, YEAR.last, origin=Origin.BENCH)


@pytest.fixture
async def busy(database: Database, database_url: str) -> Database:
    await asyncio.to_thread(load, database_url, YEAR)
    await refresh(
        database, CountingRules(ZONE, origin=Origin.BENCH, segment_cost=500), moment=datetime(2026, 11, 10, tzinfo=UTC)
    )
    return database


async def test_the_summary_is_what_the_record_says(busy: Database) -> None:
    found = await summary(busy, SCOPE)
    async with busy.read() as session:

        async def number(query: object) -> int:
            return int((await session.execute(query)).scalar_one())  # type: ignore[call-overload]

        assert found.turns == await number(select(func.count()).select_from(Message))
        assert found.contacts == await number(select(func.count()).select_from(Conversation))
        assert found.opinions == await number(select(func.count()).select_from(Feedback))
        assert found.handoffs == await number(select(func.count()).select_from(Handoff))
        useful = await number(select(func.count()).select_from(Feedback).where(Feedback.useful))
    assert found.useful == pytest.approx(useful / found.opinions)
    assert found.contained is not None
    assert 0.8 < found.contained < 1
    assert found.answer_ms == pytest.approx(180, rel=0.1)
    assert found.euros > 0
    assert (await summary(busy, SCOPE.before)).turns == 0


async def test_parts_add_up(busy: Database) -> None:
    whole = (await summary(busy, SCOPE)).turns
    by_channel = [
        (await summary(busy, Scope(YEAR.first, YEAR.last, channel=c, origin=Origin.BENCH))).turns for c in ("web", "sms")
    ]
    assert sum(by_channel) == whole == sum(count for _, count in await daily(busy, Kind.TURNS, SCOPE))
    weekdays = [sum((YEAR.first + timedelta(days=n)).weekday() == day for n in range(YEAR.days)) for day in range(7)]
    cells = await heat_map(busy, SCOPE)
    assert sum(sum(row) * days for row, days in zip(cells, weekdays, strict=True)) == pytest.approx(whole)
    euros = sum(spent.total for spent in (await costs(busy, SCOPE)).values()) / 10_000
    assert euros == pytest.approx((await summary(busy, SCOPE)).euros)


async def test_the_new_topic_is_seen_to_grow(busy: Database) -> None:
    found = await subjects(busy, Scope(date(2026, 10, 21), YEAR.last, origin=Origin.BENCH))
    assert rising_subjects(found)[0].entry == NEW_TOPIC
    assert found[0].theme in THEMES


async def test_behind_a_figure_stand_its_turns_page_by_page(busy: Database) -> None:
    entry = (await subjects(busy, SCOPE))[0]
    seen, before = [], 0
    while page := await matching_turns(busy, SCOPE, ZONE, TurnFilter(entry=entry.entry), before=before, limit=7):
        seen += page
        before = page[-1].seq
    assert len({one.seq for one in seen}) == len(seen) == entry.count
    assert {one.entry for one in seen} == {entry.entry}
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)
    of_theme = await matching_turns(busy, Scope(YEAR.first, YEAR.last, "sms", entry.theme, Origin.BENCH), ZONE, TurnFilter())
    assert of_theme
    assert {one.channel for one in of_theme} == {"sms"}
    assert await matching_turns(busy, Scope(YEAR.first, YEAR.last), ZONE, TurnFilter()) == []  # citizens


async def test_an_export_has_a_row_for_each_conversation(busy: Database, tmp_path: Path) -> None:
    catalogue = await load_catalogue(busy)

    def rows() -> AsyncIterator[list[export.ConversationRow]]:
        return export.conversations(busy, YEAR.first, YEAR.last, zone=ZONE, catalogue=catalogue, origin=Origin.BENCH)

    async with busy.read() as session:
        number = (await session.execute(select(func.count()).select_from(Conversation))).scalar_one()
        turns = (await session.execute(select(func.count()).select_from(Reply))).scalar_one()
    assert await export.write_csv(tmp_path / "x.csv", rows()) == number
    assert await export.write_parquet(tmp_path / "x.parquet", rows()) == number
    table = parquet.read_table(tmp_path / "x.parquet")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    assert table.schema.equals(export.SCHEMA)
    assert table.num_rows == len(lines) == number
    assert sum(table["turns"].to_pylist()) == sum(int(line["turns"]) for line in lines) == turns


async def test_a_month_that_is_sealed_is_published_without_small_cells(busy: Database) -> None:
    assert await sealed_months(busy, origin=Origin.BENCH) == [date(2026, 10, 1)]
    assert await sealed_months(busy) == []
    themes, languages = await domains(busy, origin=Origin.BENCH)
    found = await month(busy, date(2026, 10, 1), themes, languages, Origin.BENCH)
    shown = {cell: value for cell, value in found.figures.items() if value is not None}
    assert min(shown.values()) >= 10
    assert len(shown) < len(found.figures)
    assert shown[Cell("contacts")] > 500
    assert shown[Cell("first_answers")] > 200
    equations = relations(themes, languages) + relations_of_first_answers(THEMES)
    assert set(found.figures) == {cell for one in equations for cell in (one.whole, *one.parts)}
    for equation in equations:
        values = [shown.get(part) for part in equation.parts]
        if equation.whole in shown and None not in values:
            assert sum(value or 0 for value in values) == shown[equation.whole]
        assert sum(value is None for value in (*values, shown.get(equation.whole))) != 1
