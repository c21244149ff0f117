"""The data of each page of the insights, read once for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from analytics.desk.insights import charts
from analytics.insights.acceptance import first_answers, first_answers_by_theme, first_answers_by_week
from analytics.insights.drill import TurnFilter, matching_turns, visible_to
from analytics.insights.figures import Contact, K, Kind, Reaction
from analytics.insights.queries import (
    Scope,
    Subject,
    costs,
    counts_by_key,
    heat_map,
    rising_subjects,
    subjects,
    summary,
    sums,
    weekly,
)
from analytics.insights.themes import load_catalogue
from analytics.insights.volume_forecast import forecast_errors, forecast_volume
from analytics.open_data.tables import domains
from analytics.service_levels import WINDOW_DAYS, service_levels
from core.database import Database
from core.database.models import InsightDay, InsightFigure
from core.identity import Right, Staff
from core.settings import Settings
from core.turns import Outcome
from desk import Figure
from desk.parts import Unit

REACTIONS = (Reaction.REFUSED, Reaction.REWORDED, Reaction.HUMAN)
RESULTS = tuple(str(one) for one in Contact)
_TOP = 25
_UNANSWERED = (Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.FALLBACK)


@dataclass(frozen=True, slots=True)
class TitledSubject:
    """A subject with its title."""

    subject: Subject
    title: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the pages of one service. ``origin``: that of the turns, the citizens' except in tests and benchmarks."""

    database: Database
    settings: Settings
    origin: str

    async def frame(self, scope: Scope) -> dict[str, Any]:
        """Returns the data of every page: the themes to choose from, and the time of the last count."""
        themes, _ = await domains(self.database, origin=self.origin)
        async with self.database.read() as session:
            newest = (
                select(InsightDay.counted_at).where(InsightDay.origin == self.origin).order_by(InsightDay.day.desc()).limit(1)
            )
            counted = (await session.execute(newest)).scalar_one_or_none()
        return {"scope": scope, "themes": [theme for theme in themes if theme != "none"], "counted_at": counted}

    async def overview(self, scope: Scope) -> dict[str, Any]:
        weeks = await weekly(self.database, Kind.CONTACTS, scope)
        rows = [(monday, [weeks[monday][result] for result in RESULTS]) for monday in _mondays(scope, weeks)]
        opinions = await counts_by_key(self.database, Kind.FEEDBACK, scope)
        verdicts = await counts_by_key(self.database, Kind.SATISFACTION, replace(scope, theme=""))
        return {
            "now": await summary(self.database, scope),
            "before": await summary(self.database, scope.before),
            "first_answers": await first_answers(self.database, scope),
            "first_answers_before": await first_answers(self.database, scope.before),
            "first_answers_by_week": await first_answers_by_week(self.database, scope),
            "k": K,
            "weeks": rows,
            "chart": charts.columns([f"{monday:%d/%m}" for monday, _ in rows], [values for _, values in rows]),
            "results": RESULTS,
            "outcomes": (await counts_by_key(self.database, Kind.TURNS, scope)).most_common(),
            "reasons": [(key.partition(":")[2], n) for key, n in opinions.most_common() if key.startswith("not")],
            "missing": [(key.partition(":")[2], n) for key, n in verdicts.most_common() if key.startswith("not")],
            "handoffs": (await counts_by_key(self.database, Kind.HANDOFFS, replace(scope, theme=""))).most_common(),
            "languages": (await counts_by_key(self.database, Kind.LANGUAGES, replace(scope, theme=""))).most_common(),
        }

    async def figures(self, staff: Staff, today: date) -> list[Figure]:
        """Returns the figures of the start page: of the last seven days, with those of the seven before."""
        scope = Scope(today - timedelta(days=7), today - timedelta(days=1), origin=self.origin)
        last, before = await summary(self.database, scope), await summary(self.database, scope.before)
        period = f"?first={scope.first}&last={scope.last}"
        shown: list[tuple[str, Unit]] = [("turns", "count"), ("resolved", "share"), ("useful", "share")]
        if staff.may(Right.HANDLE_CONVERSATIONS):
            shown += [("satisfied", "share"), ("handoffs", "count")]
        if staff.may(Right.MANAGE_SERVICE):
            shown += [("answer_p95_ms", "milliseconds"), ("euros", "euros")]
        return [
            Figure(f"figure_{key}", "/desk/insights" + period, "figures", getattr(last, key), getattr(before, key), unit)
            for key, unit in shown
        ]

    async def subjects(self, scope: Scope) -> dict[str, Any]:
        shown = await subjects(self.database, scope)
        rising = rising_subjects(shown)[:_TOP]
        by_theme = await sums(self.database, Kind.CONTACTS, scope, InsightFigure.theme)
        themes = sorted(((theme, one.count) for (theme,), one in by_theme.items() if theme), key=lambda pair: -pair[1])
        disliked = sorted((one for one in shown if one.not_useful), key=lambda one: -one.not_useful)[:_TOP]
        return {
            "top": await self._with_titles(shown[:_TOP]),
            "rising": await self._with_titles(rising),
            "disliked": await self._with_titles(disliked),
            "by_theme": themes,
            "first_answers": await first_answers(self.database, scope),
            "first_answers_by_theme": await first_answers_by_theme(self.database, scope),
            "reactions": REACTIONS,
            "k": K,
        }

    async def _with_titles(self, shown: Sequence[Subject]) -> list[TitledSubject]:
        titles = (await load_catalogue(self.database, [one.entry for one in shown])).titles
        return [TitledSubject(one, titles.get(one.entry, one.entry)) for one in shown]

    async def hours(self, scope: Scope) -> dict[str, Any]:
        cells = await heat_map(self.database, scope)
        monday = scope.last - timedelta(days=scope.last.weekday())
        week = self.settings.opening.usual_week(monday)
        holidays = "PH off" in self.settings.desk_hours
        return {"cells": cells, "most": max(max(row) for row in cells) or 1.0, "opening": week, "holidays": holidays}

    async def unanswered(self, scope: Scope, staff: Staff) -> dict[str, Any]:
        weeks = await weekly(self.database, Kind.TURNS, replace(scope, theme=""))
        rows = [(monday, [weeks[monday][outcome] for outcome in _UNANSWERED]) for monday in _mondays(scope, weeks)]
        zone = self.settings.opening.zone
        latest = await matching_turns(self.database, scope, zone, TurnFilter(outcome=Outcome.NO_ANSWER), limit=25)
        return {
            "weeks": rows,
            "outcomes": [str(one) for one in _UNANSWERED],
            "chart": charts.columns([f"{monday:%d/%m}" for monday, _ in rows], [values for _, values in rows]),
            "turns": await visible_to(self.database, staff, latest),
        }

    async def costs(self, scope: Scope) -> dict[str, Any]:
        spent = await costs(self.database, scope)
        months: dict[str, list[int]] = {}
        themes: dict[str, list[int]] = {}
        channels: dict[str, list[int]] = {}
        for (month, channel, theme), cost in spent.items():
            for table, key in ((months, month), (themes, theme), (channels, channel)):
                row = table.setdefault(key, [0, 0])
                row[0] += cost.count
                row[1] += cost.total
        return {
            "months": sorted(months.items()),
            "by_theme": sorted(themes.items(), key=lambda pair: -pair[1][1]),
            "by_channel": sorted(channels.items()),
        }

    async def forecast(self, today: date) -> dict[str, Any]:
        days = await forecast_volume(self.database, self.settings, Kind.TURNS, today, origin=self.origin)
        handoffs = await forecast_volume(self.database, self.settings, Kind.HANDOFFS, today, origin=self.origin)
        return {
            "days": days,
            "asked": handoffs or [None] * len(days),
            "chart": charts.band(days, [f"{one.day:%d/%m}" for one in days]),
            "measured": await forecast_errors(self.database, self.settings, Kind.TURNS, today, origin=self.origin),
        }

    async def levels(self, scope: Scope) -> dict[str, Any]:
        """Returns the service levels of the last weeks, whatever the period: they are promised over those."""
        return {"levels": await service_levels(self.database, origin=self.origin), "days": WINDOW_DAYS}

    async def turns(self, scope: Scope, staff: Staff, narrowed: TurnFilter, before: int) -> dict[str, Any]:
        turns = await matching_turns(self.database, scope, self.settings.opening.zone, narrowed, before=before)
        visible = await visible_to(self.database, staff, turns)
        titles = (await load_catalogue(self.database, {one.entry for one in visible if one.entry})).titles
        return {"turns": visible, "titles": titles, "narrowed": narrowed, "kept_days": self.settings.retention_days}


def _mondays(scope: Scope, weeks: Mapping[date, object]) -> list[date]:
    """Returns the Mondays of all weeks in ``scope``, also of empty ones, so that the time axis has no gaps."""
    first = scope.first - timedelta(days=scope.first.weekday())
    return [first + timedelta(days=days) for days in range(0, (scope.last - first).days + 1, 7)] if weeks else []
