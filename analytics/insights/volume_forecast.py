"""The forecast for one service, from its own counts and public holidays."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache

from sqlalchemy import func, select

from analytics.insights.figures import Kind
from analytics.insights.forecast import Backtest, Expected, backtest, forecast
from analytics.insights.queries import Scope, daily
from core.database import Database
from core.database.models import InsightDay
from core.opening_hours import OpeningHours
from core.settings import Settings
from core.turns import Origin

_YEARS = timedelta(days=3 * 366)  # the history that is read


def holidays_of(settings: Settings) -> Callable[[date], bool]:
    """Returns a function that decides whether a day is a public holiday in ``desk_country``."""
    opening = OpeningHours("PH 00:00-24:00", zone=settings.desk_timezone, country=settings.desk_country)

    @cache
    def is_holiday(day: date) -> bool:
        return opening.is_open(datetime.combine(day, time(12), opening.zone))

    return is_holiday


async def forecast_volume(
    database: Database, settings: Settings, kind: Kind, today: date, *, origin: str = Origin.CITIZEN
) -> list[Expected]:
    """Returns the forecast from today on; empty while too little is known. Today is not over, so it is forecast, too."""
    first, volumes = await _history(database, kind, today, origin)
    return forecast(first, volumes, holidays_of(settings))


async def forecast_errors(
    database: Database, settings: Settings, kind: Kind, today: date, *, weeks: int = 1, origin: str = Origin.CITIZEN
) -> Backtest | None:
    """Returns the errors of the same forecast on the last half of the known weeks, at most 26; ``None``: too few."""
    first, volumes = await _history(database, kind, today, origin)
    return backtest(first, volumes, holidays_of(settings), held_out=min(26, len(volumes) // 14), weeks=weeks)


async def _history(database: Database, kind: Kind, today: date, origin: str) -> tuple[date, list[int]]:
    yesterday = today - timedelta(days=1)
    async with database.read() as session:
        counted = select(func.min(InsightDay.day)).where(InsightDay.origin == origin, InsightDay.day >= today - _YEARS)
        first: date | None = (await session.execute(counted)).scalar_one()
    if first is None or first > yesterday:
        return today, []
    return first, [count for _, count in await daily(database, kind, Scope(first, yesterday, origin=origin))]
