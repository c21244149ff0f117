"""The cells of a month's first answers: their number, and how many were not accepted, by channel and theme."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from analytics.insights.figures import Kind, Reaction
from analytics.insights.queries import Scope, sums
from analytics.open_data.cells import NO_THEME, Cell, parts
from analytics.open_data.suppression import Equation, published
from core.channels import CHANNELS
from core.database import Database
from core.database.models import InsightFigure

RECEPTIONS = ("accepted", "not_accepted")
_MEASURE = "first_answers"


async def month_cells(database: Database, scope: Scope) -> dict[Cell, int | None]:
    """Returns the cells of the month ``scope``, ``None`` for one that is left out.

    Empty for a month that began before the first day with this figure, because it would cover a part of the month only.
    """
    began, themes = await _known(database, scope.origin)
    if began is None or began > scope.first:
        return {}
    counts: Counter[Cell] = Counter()
    by = (InsightFigure.channel, InsightFigure.theme, InsightFigure.key)
    for (channel, entry_theme, key), figure in (await sums(database, Kind.FIRST_ANSWERS, scope, *by)).items():
        theme, reception = entry_theme or NO_THEME, RECEPTIONS[key != Reaction.ACCEPTED]
        for values in ({}, {"channel": channel}, {"theme": theme}):
            counts[Cell(_MEASURE, **values)] += figure.count
            counts[Cell(_MEASURE, **values, reception=reception)] += figure.count
    return await asyncio.to_thread(published, counts, relations(themes))


def relations(themes: Iterable[str]) -> list[Equation[Cell]]:
    """Returns the sums among these cells. No sum connects them to contacts or opinions, so they are suppressed separately."""
    themes, all_answers = list(themes), Cell(_MEASURE)
    return [
        parts(all_answers, "channel", CHANNELS),
        parts(all_answers, "theme", themes),
        parts(all_answers, "reception", RECEPTIONS),
        *(parts(Cell(_MEASURE, channel=channel), "reception", RECEPTIONS) for channel in CHANNELS),
        *(parts(Cell(_MEASURE, theme=theme), "reception", RECEPTIONS) for theme in themes),
        *(parts(Cell(_MEASURE, reception=reception), "channel", CHANNELS) for reception in RECEPTIONS),
        *(parts(Cell(_MEASURE, reception=reception), "theme", themes) for reception in RECEPTIONS),
    ]


async def _known(database: Database, origin: str) -> tuple[date | None, list[str]]:
    """Returns the first day with this figure, and all themes for which it was ever counted."""
    query = (
        select(InsightFigure.theme, func.min(InsightFigure.day))
        .where(InsightFigure.origin == origin, InsightFigure.kind == Kind.FIRST_ANSWERS)
        .group_by(InsightFigure.theme)
        .order_by(InsightFigure.theme)
    )
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    return min((day for _, day in rows), default=None), [theme or NO_THEME for theme, _ in rows]
