"""The pages' queries of the counts. Each is one pass over an index; none reads a message."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from analytics.insights.figures import MILLISECONDS, SECONDS, Contact, Kind, quantile
from core.database import Database
from core.database.models import InsightFigure
from core.turns import Origin

_F = InsightFigure
_RISING_FROM = 2.0  # standard errors above what the growth of the whole explains


@dataclass(frozen=True, slots=True)
class Scope:
    """The counts to read: days from ``first`` to ``last``, both included; one channel and one theme, or all (empty)."""

    first: date
    last: date
    channel: str = ""
    theme: str = ""
    origin: str = Origin.CITIZEN

    @property
    def before(self) -> Scope:
        """Returns the scope with the same number of days just before."""
        length = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - length, last=self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Sum:
    """A count and its total."""

    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry's answers in the scope and just before; ``score``: its growth beyond that of the whole, in standard errors."""

    entry: str
    theme: str
    count: int
    before: int
    not_useful: int
    score: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The main figures. Shares are 0 to 1, times have their unit in the name; ``None`` if there are no data.

    ``contained``: contacts in which nobody asked for a human; ``resolved``: contacts with an answer and no human;
    ``satisfied``: the share of the ``verdicts`` at the end of a contact that say so.
    """

    turns: int
    contacts: int
    contained: float | None
    resolved: float | None
    useful: float | None
    opinions: int
    satisfied: float | None
    verdicts: int
    answer_ms: float | None
    answer_p95_ms: float | None
    human_s: float | None
    handoffs: int
    euros: float


async def sums(database: Database, kind: Kind, scope: Scope, *by: InstrumentedAttribute[Any]) -> dict[tuple[Any, ...], Sum]:
    """Returns the counts of ``kind`` in ``scope``, grouped by columns of ``InsightFigure``: (values…) → sum."""
    query = select(*by, func.sum(_F.count), func.sum(_F.total)).where(*_where(kind, scope)).group_by(*by)
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    return {tuple(row[:-2]): Sum(int(row[-2] or 0), int(row[-1] or 0)) for row in rows}


async def counts_by_key(database: Database, kind: Kind, scope: Scope) -> Counter[str]:
    """Returns the counts of ``kind`` in ``scope`` by key alone, without their totals."""
    return Counter({key: cell.count for (key,), cell in (await sums(database, kind, scope, _F.key)).items()})


def _where(kind: Kind, scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        _F.origin == scope.origin,
        _F.kind == kind,
        _F.day.between(scope.first, scope.last),
    ]
    if scope.channel:
        conditions.append(_F.channel == scope.channel)
    if scope.theme:
        conditions.append(_F.theme == scope.theme)
    return conditions


async def summary(database: Database, scope: Scope) -> Summary:
    """Returns the main figures. Waits and handoffs have no theme: they cover all themes."""
    all_themes = replace(scope, theme="")
    turns = await counts_by_key(database, Kind.TURNS, scope)
    contacts = await counts_by_key(database, Kind.CONTACTS, scope)
    opinions = await counts_by_key(database, Kind.FEEDBACK, scope)
    waits = await counts_by_key(database, Kind.WAITS, all_themes)
    human_waits = await counts_by_key(database, Kind.HUMAN_WAITS, all_themes)
    handoffs = await counts_by_key(database, Kind.HANDOFFS, all_themes)
    verdicts = await counts_by_key(database, Kind.SATISFACTION, all_themes)
    spent = await sums(database, Kind.SMS, scope)
    return Summary(
        turns=turns.total(),
        contacts=contacts.total(),
        contained=share(contacts.total() - contacts[Contact.HUMAN], contacts.total()),
        resolved=share(contacts[Contact.ANSWERED], contacts.total()),
        useful=share(opinions["useful"], opinions.total()),
        opinions=opinions.total(),
        satisfied=share(verdicts["satisfied"], verdicts.total()),
        verdicts=verdicts.total(),
        answer_ms=quantile(waits, 0.5, MILLISECONDS),
        answer_p95_ms=quantile(waits, 0.95, MILLISECONDS),
        human_s=quantile(human_waits, 0.5, SECONDS),
        handoffs=handoffs.total(),
        euros=sum(cell.total for cell in spent.values()) / 10_000,
    )


def share(part: int, whole: int) -> float | None:
    """Returns ``part`` / ``whole``, 0 to 1; ``None`` if ``whole`` is 0."""
    return part / whole if whole else None


async def daily(database: Database, kind: Kind, scope: Scope) -> list[tuple[date, int]]:
    """Returns the count of each day of ``scope``, including days without any."""
    by_day = await sums(database, kind, scope, _F.day)
    days = (scope.first + timedelta(days=number) for number in range((scope.last - scope.first).days + 1))
    return [(day, by_day[day,].count if (day,) in by_day else 0) for day in days]


async def weekly(database: Database, kind: Kind, scope: Scope) -> defaultdict[date, Counter[str]]:
    """Returns counts by week (its Monday) and key; a missing week counts nothing."""
    weeks: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for (day, key), cell in sorted((await sums(database, kind, scope, _F.day, _F.key)).items()):
        weeks[day - timedelta(days=day.weekday())][key] += cell.count
    return weeks


async def heat_map(database: Database, scope: Scope) -> list[list[float]]:
    """Returns the average number of turns in an hour: seven weekdays (Monday first) by 24 hours."""
    cells = [[0.0] * 24 for _ in range(7)]
    days = [scope.first + timedelta(days=number) for number in range((scope.last - scope.first).days + 1)]
    of_weekday = Counter(day.weekday() for day in days)
    for (day, hour), cell in (await sums(database, Kind.HOURS, replace(scope, theme=""), _F.day, _F.key)).items():
        cells[day.weekday()][int(hour)] += cell.count / of_weekday[day.weekday()]
    return cells


async def subjects(database: Database, scope: Scope) -> list[Subject]:
    """Returns the entries that were shown, the most frequent first."""
    present = await sums(database, Kind.SUBJECTS, scope, _F.key)
    previous = await sums(database, Kind.SUBJECTS, scope.before, _F.key)
    now_all, before_all = (sum(shown.count for shown in period.values()) for period in (present, previous))
    ratio = now_all / before_all if before_all else 0.0
    themes = dict((await sums(database, Kind.SUBJECTS, scope, _F.key, _F.theme)).keys())
    shown = [
        Subject(
            entry=key,
            theme=themes.get(key, ""),
            count=current.count,
            before=previous[key,].count if (key,) in previous else 0,
            not_useful=current.total,
            score=_growth(current.count, previous[key,].count if (key,) in previous else 0, ratio) if before_all else 0.0,
        )
        for (key,), current in present.items()
    ]
    return sorted(shown, key=lambda one: (-one.count, one.entry))


def rising_subjects(shown: Sequence[Subject]) -> list[Subject]:
    """Returns those that grow by more than chance and the growth of the whole explain, the most certain first."""
    return sorted((one for one in shown if one.score >= _RISING_FROM), key=lambda one: -one.score)


def _growth(count: int, before: int, ratio: float) -> float:
    """Returns the growth in standard errors, with a Poisson variance; one is added so that a single mention is no trend."""
    return (count - before * ratio) / sqrt(count + before * ratio * ratio + 1)


async def costs(database: Database, scope: Scope) -> dict[tuple[str, str, str], Sum]:
    """Returns segments and ten-thousandths of a euro by month (2026-11), channel and theme."""
    by_month: dict[tuple[str, str, str], Sum] = {}
    for (day, channel, theme), spent in (await sums(database, Kind.SMS, scope, _F.day, _F.channel, _F.theme)).items():
        key = (f"{day:%Y-%m}", channel, theme)
        so_far = by_month.get(key, Sum(0, 0))
        by_month[key] = Sum(so_far.count + spent.count, so_far.total + spent.total)
    return by_month
