"""Counts of SMS: by day, provider and origin for the accounts; by day and number for the limits.

Days are local days of the administration, as in the insights: a daily budget begins at its midnight.

Counts are written at the end of a transaction, the number's row before the service's row. All transactions share the service's
row, and two that took the rows in different orders would deadlock.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import Base, now, table
from core.database.conflict import insert_into
from core.database.models import Conversation, NumberUsage, SmsLimited, SmsUsage
from core.dates import local_day
from core.turns import Origin

COST_UNITS = 10_000  # a euro, in the units of ``SmsUsage.cost``
_NUMBERS_KEPT = timedelta(days=2)


def local_today(zone: ZoneInfo) -> date:
    """Returns the present day in ``zone``."""
    return local_day(now(), zone)


async def count_received(session: AsyncSession, received: Sequence[tuple[str, str, str]], today: date) -> None:
    """Counts messages taken in: (address digest, provider, origin) each."""
    if not received:
        return
    by_number = Counter(digest for digest, _, _ in received)
    by_service = Counter((provider, origin) for _, provider, origin in received)
    numbers = [{"address_digest": digest, "day": today, "received": n} for digest, n in sorted(by_number.items())]
    services = [{"day": today, "provider": p, "origin": o, "received": n} for (p, o), n in sorted(by_service.items())]
    await _add(session, NumberUsage, *numbers)
    await _add(session, SmsUsage, *services)


async def count_sent(
    session: AsyncSession, conversation: Conversation, provider: str, *, segments: int, segment_euros: float, today: date
) -> None:
    """Counts one message that a provider accepted."""
    if conversation.address_digest:
        await _add(session, NumberUsage, {"address_digest": conversation.address_digest, "day": today, "segments": segments})
    counts = {"messages": 1, "segments": segments, "cost": round(segments * segment_euros * COST_UNITS)}
    await _add(session, SmsUsage, {"day": today, "provider": provider, "origin": conversation.origin, **counts})


async def count_copy(session: AsyncSession, address_digest: str, today: date) -> None:
    """Counts one answer of the website that is sent to a telephone."""
    await _add(session, NumberUsage, {"address_digest": address_digest, "day": today, "copies": 1})


async def count_limited(session: AsyncSession, reason: str, origin: str, today: date) -> None:
    """Counts one message that exceeded a limit. A turn repeated after a crash may count twice."""
    await _add(session, SmsLimited, {"day": today, "reason": reason, "origin": origin, "messages": 1})


async def limited_by_day(session: AsyncSession, since: date) -> Mapping[date, Mapping[str, int]]:
    """Returns the number of citizens' messages over a limit from ``since`` on, by reason; days without any are left out."""
    rows = await session.execute(
        select(SmsLimited.day, SmsLimited.reason, SmsLimited.messages)
        .where(SmsLimited.day >= since, SmsLimited.origin == Origin.CITIZEN)
        .order_by(SmsLimited.day.desc())
    )
    counts: dict[date, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.day, {})[row.reason] = row.messages
    return counts


async def segments_on(session: AsyncSession, day: date) -> int:
    """Returns the segments sent to citizens on ``day``; what tools and the simulator send costs nothing."""
    total = select(func.coalesce(func.sum(SmsUsage.segments), 0)).where(SmsUsage.day == day, SmsUsage.origin == Origin.CITIZEN)
    return int((await session.execute(total)).scalar_one())


async def usage_on(session: AsyncSession, address_digest: str, day: date) -> NumberUsage:
    """Returns what the number sent and got on ``day``; a row of zeros, not in the session, if nothing."""
    usage = await session.get(NumberUsage, (address_digest, day))
    return usage or NumberUsage(address_digest=address_digest, day=day, received=0, segments=0, warned=False, copies=0)


async def copies_on(session: AsyncSession, day: date) -> int:
    """Returns how many answers of the website were sent to telephones on ``day``."""
    total = select(func.coalesce(func.sum(NumberUsage.copies), 0)).where(NumberUsage.day == day)
    return int((await session.execute(total)).scalar_one())


async def delete_old_number_usage(session: AsyncSession) -> None:
    """Deletes the counts of single numbers that are older than the limits need."""
    await session.execute(delete(NumberUsage).where(NumberUsage.day < (now() - _NUMBERS_KEPT).date()))


async def usage_by_day(session: AsyncSession, since: date) -> Sequence[SmsUsage]:
    """Returns the accounts from ``since`` on."""
    rows = await session.execute(
        select(SmsUsage).where(SmsUsage.day >= since).order_by(SmsUsage.day, SmsUsage.provider, SmsUsage.origin)
    )
    return rows.scalars().all()


async def _add(session: AsyncSession, model: type[Base], *rows: Mapping[str, Any]) -> None:
    """Adds the counts in ``rows`` to those in the table; all rows have the same columns."""
    key = [column.name for column in table(model).primary_key]
    statement = insert_into(session, model)
    sums = {name: getattr(model, name) + statement.excluded[name] for name in rows[0] if name not in key}
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=sums), list(rows))
