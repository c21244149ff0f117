"""The accounts of SMS: by day and provider, and messages with a delivery problem."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from conversations.delivery.sms_usage import COST_UNITS, limited_by_day, local_today, segments_on, usage_by_day
from core.database import Database
from core.database.models import Delivery, Reply
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Day:
    """One local day at one provider. ``euros`` are at the price of that day; simulator and tests cost nothing."""

    day: str
    provider: str
    origin: str
    received: int
    messages: int
    segments: int
    euros: float


async def costs(settings: Settings, days: int) -> dict[str, Any]:
    """Returns the accounts of the last ``days`` days, their sum, the day's budget, and messages beyond a limit."""
    async with Database(settings.sql_url) as database, database.read() as session:
        day = local_today(settings.opening.zone)
        first = day - timedelta(days=days - 1)
        rows, limited = await usage_by_day(session, first), await limited_by_day(session, first)
        today = await segments_on(session, day)
        states = await session.execute(select(Delivery.status, func.count()).group_by(Delivery.status))
        by_status = {row.status: row[1] for row in states}
    by_provider = [
        Day(str(row.day), row.provider, row.origin, row.received, row.messages, row.segments, row.cost / COST_UNITS)
        for row in rows
    ]
    paid = [day for day in by_provider if day.origin == "citizen"]
    return {
        "days": [asdict(day) for day in by_provider],
        "segments": sum(day.segments for day in paid),
        "euros": round(sum(day.euros for day in paid), 4),
        "segments_today": today,
        "budget_segments_per_day": settings.sms_service_segments_per_day,
        "limited": {str(day): counts for day, counts in limited.items()},
        "deliveries": by_status,
    }


async def problem_deliveries(settings: Settings, statuses: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Returns the latest deliveries with one of ``statuses``, without number and text."""
    async with Database(settings.sql_url) as database, database.read() as session:
        rows = await session.execute(
            select(Delivery, Reply.conversation_id)
            .join(Reply, Reply.id == Delivery.reply_id)
            .where(Delivery.status.in_(statuses))
            .order_by(Delivery.seq.desc())
            .limit(limit)
        )
        return [
            {
                "conversation": conversation,
                "status": delivery.status,
                "provider": delivery.provider,
                "error": delivery.error,
                "attempts": delivery.attempts,
                "at": f"{delivery.updated_at:%Y-%m-%d %H:%M:%S}",
            }
            for delivery, conversation in rows
        ]
