"""The cells of a month and their sums."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from analytics.insights.figures import Contact, Kind
from analytics.insights.queries import Scope, sums
from analytics.open_data import first_answers
from analytics.open_data.cells import NO_THEME, Cell, parts
from analytics.open_data.suppression import Equation, published
from core.channels import CHANNELS
from core.database import Database
from core.database.models import InsightDay, InsightFigure
from core.turns import Origin

OPINIONS = ("useful", "not_useful")


@dataclass(frozen=True, slots=True)
class Month:
    """The first day of a month and its figures; ``None`` for one that is left out."""

    first: date
    figures: Mapping[Cell, int | None]


async def sealed_months(database: Database, *, origin: str = Origin.CITIZEN) -> list[date]:
    """Returns the first days of the months that are sealed completely, oldest first."""
    async with database.read() as session:
        rows = await session.execute(
            select(InsightDay.day).where(InsightDay.origin == origin, InsightDay.sealed).order_by(InsightDay.day)
        )
        days = set(rows.scalars())
    firsts = sorted({day.replace(day=1) for day in days})
    return [
        first for first in firsts if all(first + timedelta(days=n) in days for n in range((last_of(first) - first).days + 1))
    ]


def last_of(first: date) -> date:
    """Returns the last day of the month that begins on ``first``."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


async def domains(database: Database, *, origin: str = Origin.CITIZEN) -> tuple[list[str], list[str]]:
    """Returns the themes and languages ever counted. Every month lists them all: a missing one would be information."""
    async with database.read() as session:
        values = []
        for kind, column in ((Kind.CONTACTS, InsightFigure.theme), (Kind.LANGUAGES, InsightFigure.key)):
            of_kind = select(column).where(InsightFigure.origin == origin, InsightFigure.kind == kind).group_by(column)
            values.append(
                [value or NO_THEME for value in (await session.execute(of_kind.order_by(func.min(column)))).scalars()]
            )
    return values[0], values[1]


async def month(database: Database, first: date, themes: list[str], languages: list[str], origin: str) -> Month:
    """Returns the figures of the month that begins on ``first``, without small cells and those that would reveal them."""
    scope = Scope(first, last_of(first), origin=origin)
    counts: Counter[Cell] = Counter()
    by = (InsightFigure.channel, InsightFigure.theme, InsightFigure.key)
    for (channel, entry_theme, result), figure in (await sums(database, Kind.CONTACTS, scope, *by)).items():
        theme = entry_theme or NO_THEME
        for values in (
            *({}, {"channel": channel}, {"result": result}, {"channel": channel, "result": result}),
            *({"theme": theme}, {"theme": theme, "result": result}),
        ):
            counts[Cell("contacts", **values)] += figure.count
    for (language,), figure in (await sums(database, Kind.LANGUAGES, scope, InsightFigure.key)).items():
        counts[Cell("contacts", language=language)] += figure.count
    for (hour,), figure in (await sums(database, Kind.STARTS, scope, InsightFigure.key)).items():
        counts[Cell("contacts", hour=hour)] += figure.count
    for (channel, key), figure in (
        await sums(database, Kind.FEEDBACK, scope, InsightFigure.channel, InsightFigure.key)
    ).items():
        opinion = "useful" if key == "useful" else "not_useful"
        for values in ({}, {"channel": channel}, {"opinion": opinion}, {"channel": channel, "opinion": opinion}):
            counts[Cell("opinions", **values)] += figure.count
    figures = await asyncio.to_thread(published, counts, relations(themes, languages))
    return Month(first, figures | await first_answers.month_cells(database, scope))


def relations(themes: Iterable[str], languages: Iterable[str]) -> list[Equation[Cell]]:
    """Returns all sums among the published cells, from which a reader could compute others."""
    themes, results, hours = list(themes), [str(one) for one in Contact], [f"{hour:02d}" for hour in range(24)]
    all_contacts, all_opinions = Cell("contacts"), Cell("opinions")

    return [
        parts(all_contacts, "channel", CHANNELS),
        parts(all_contacts, "result", results),
        parts(all_contacts, "theme", themes),
        parts(all_contacts, "language", languages),
        parts(all_contacts, "hour", hours),
        *(parts(Cell("contacts", channel=channel), "result", results) for channel in CHANNELS),
        *(parts(Cell("contacts", result=result), "channel", CHANNELS) for result in results),
        *(parts(Cell("contacts", theme=theme), "result", results) for theme in themes),
        *(parts(Cell("contacts", result=result), "theme", themes) for result in results),
        parts(all_opinions, "channel", CHANNELS),
        parts(all_opinions, "opinion", OPINIONS),
        *(parts(Cell("opinions", channel=channel), "opinion", OPINIONS) for channel in CHANNELS),
        *(parts(Cell("opinions", opinion=opinion), "channel", CHANNELS) for opinion in OPINIONS),
    ]
