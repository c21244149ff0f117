"""Polling of a provider that sends no requests: new messages, and the states of ours. One process at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from httpx import HTTPError
from sqlalchemy import select

from conversations.intake.inbound import Inbound
from conversations.ports import InboundMessage, Polled, SendFailed, is_simulated
from core.database import Database
from core.database.base import now
from core.database.jobs import Jobs
from core.database.models import Delivery
from core.turns import Origin

_PENDING = timedelta(days=2)  # after which a message's state is not asked for any more
_MOST = 2_000  # the latest; the channel asks for some of them at a time, in turns
_REST = timedelta(seconds=30)  # after a failure of ours, not of the provider


async def poll(
    database: Database, jobs: Jobs, inbound: Inbound, provider: str, channel: Polled, *, every: timedelta
) -> Exception | None:
    """Polls once, unless another process has just done so. The provider deletes only what is committed.

    Returns the error that keeps the provider from answering (``SendFailed``, ``HTTPError``): the next round tries again.
    """
    away: Exception | None = None

    async def ask() -> None:
        nonlocal away
        try:
            found = await channel.poll(await _pending(database, provider))
            for one in found:
                if isinstance(one, InboundMessage):
                    await inbound.take_sms(provider, one, origin=Origin.SIMULATOR if is_simulated(provider) else Origin.CITIZEN)
                else:
                    await inbound.report(one)
            await channel.done(found)
        except (SendFailed, HTTPError) as error:
            away = error

    await jobs.run(f"poll {provider}"[:32], ask, every=every / 2, rest=_REST)
    return away


async def _pending(database: Database, provider: str) -> Sequence[str]:
    async with database.read() as session:
        rows = await session.execute(
            select(Delivery.provider_message_id)
            .where(Delivery.provider == provider, Delivery.status == "sent", Delivery.created_at > now() - _PENDING)
            .order_by(Delivery.seq.desc())
            .limit(_MOST)
        )
    return [identifier for identifier in rows.scalars() if identifier]
