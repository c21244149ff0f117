"""The SMS of a period: by day, by provider, by state; the day's budget; messages that need a decision."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import func, select

from analytics.desk.costs.uncertain_deliveries import Decision, decisions
from channels.sms.causes import cause_of
from conversations.delivery.sms_usage import COST_UNITS, limited_by_day, local_today, segments_on, usage_by_day
from core.database import Database
from core.database.models import Delivery, SmsUsage
from core.settings import Settings
from core.turns import Origin

_DOUBTFUL = ("uncertain", "failed", "expired")
_MAX_SHOWN = 20


class Sum(BaseModel):
    """Messages received, messages and segments sent, and their cost in euros at each day's price."""

    received: int = 0
    messages: int = 0
    segments: int = 0
    euros: float = 0.0

    def plus(self, row: SmsUsage) -> Sum:
        return Sum(
            received=self.received + row.received,
            messages=self.messages + row.messages,
            segments=self.segments + row.segments,
            euros=round(self.euros + row.cost / COST_UNITS, 4),
        )


class Day(Sum):
    """One local day. ``height``: its euros as a percentage of the most expensive day's, for the chart."""

    day: date
    height: int = 0


class Doubtful(BaseModel):
    """A message that did not arrive, or may not have: without number and text. ``decisions``: those that staff may take."""

    seq: int
    status: str
    provider: str
    error: str
    cause: str
    attempts: int
    at: datetime
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, delivery: Delivery) -> Doubtful:
        cause = cause_of(delivery.provider, delivery.status, delivery.error)
        return cls(
            seq=delivery.seq,
            status=delivery.status,
            provider=delivery.provider,
            error=delivery.error,
            cause=cause,
            attempts=delivery.attempts,
            at=delivery.updated_at,
            decisions=decisions(delivery.status, cause),
        )


class Limited(BaseModel):
    """Messages of one local day that exceeded a limit, by reason."""

    day: date
    messages: dict[str, int]


class Costs(BaseModel):
    """Citizens' messages only; ``played`` are those of the simulator and tests, which cost nothing. ``budget`` 0: no limit."""

    days: list[Day]
    total: Sum
    played: Sum
    providers: dict[str, Sum]
    today: int
    budget: int
    segment_euros: float
    states: dict[str, int]
    doubtful: list[Doubtful]
    limited: list[Limited]

    @property
    def segments_a_message(self) -> float:
        """Returns the mean length of the messages sent."""
        return self.total.segments / self.total.messages if self.total.messages else 0.0

    @property
    def dearest(self) -> float:
        """Returns the euros of the most expensive day: the top of the chart."""
        return max((day.euros for day in self.days), default=0.0)


async def costs_of(database: Database, settings: Settings, days: int) -> Costs:
    """Returns the last ``days`` days, today included, oldest first; also days without messages."""
    day = local_today(settings.opening.zone)
    first = day - timedelta(days=days - 1)
    async with database.read() as session:
        rows = await usage_by_day(session, first)
        today = await segments_on(session, day)
        states = await session.execute(select(Delivery.status, func.count()).group_by(Delivery.status))
        by_status = {status: int(count) for status, count in states.all()}
        rows_to_decide = await session.execute(
            select(Delivery)
            .where(Delivery.status.in_(_DOUBTFUL))
            .order_by(Delivery.status.desc(), Delivery.seq.desc())  # uncertain before failed and expired
            .limit(_MAX_SHOWN)
        )
        limited = await limited_by_day(session, first)
        doubtful = [Doubtful.of(one) for one in rows_to_decide.scalars()]
    total, played = Sum(), Sum()
    daily, providers = defaultdict[date, Sum](Sum), defaultdict[str, Sum](Sum)
    for row in rows:
        if row.origin != Origin.CITIZEN:
            played = played.plus(row)
            continue
        total, daily[row.day] = total.plus(row), daily[row.day].plus(row)
        providers[row.provider] = providers[row.provider].plus(row)
    return Costs(
        days=_chart([Day(day=day, **daily[day].model_dump()) for day in (first + timedelta(n) for n in range(days))]),
        total=total,
        played=played,
        providers=dict(sorted(providers.items())),
        today=today,
        budget=settings.sms_service_segments_per_day,
        segment_euros=settings.sms_segment_euros,
        states=dict(sorted(by_status.items())),
        doubtful=doubtful,
        limited=[Limited(day=day, messages=dict(counts)) for day, counts in limited.items()],
    )


def _chart(days: list[Day]) -> list[Day]:
    """Returns ``days`` with the height of their bars; every day with a cost has a visible bar."""
    top = max((day.euros for day in days), default=0.0)
    return [
        day.model_copy(update={"height": max(1, round(100 * day.euros / top)) if day.euros else 0}) if top else day
        for day in days
    ]
