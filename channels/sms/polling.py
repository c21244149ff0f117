"""Asking a provider that calls nobody: what came, and what became of our messages. One process at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from channels.contracts import InboundMessage, Polled
from channels.inbound import Inbound
from channels.jobs import begin_job, end_job, held_job
from channels.sms.simulator.account import is_simulated
from core.database import Database
from core.database.base import now
from core.database.models import Delivery
from core.turns import Origin

_PENDING = timedelta(days=2)  # after which no state is asked for any more
_MOST = 100
_LAPSES = timedelta(seconds=10)  # after which another process asks instead of one that died


async def poll(database: Database, inbound: Inbound, provider: str, channel: Polled, *, owner: str, every: timedelta) -> None:
    """One round, unless another process has just made it. The provider forgets what is committed, and nothing before."""
    job = f"poll {provider}"[:32]
    if not await begin_job(database, job, owner, every=every / 2, at_most=_LAPSES):
        return
    try:
        async with held_job(database, job, owner, at_most=_LAPSES):
            found = await channel.poll(await _pending(database, provider))
            for one in found:
                if isinstance(one, InboundMessage):
                    await inbound.take(provider, one, origin=Origin.SIMULATOR if is_simulated(provider) else Origin.CITIZEN)
                else:
                    await inbound.report(one)
            await channel.done(found)
    finally:
        await end_job(database, job, owner)


async def _pending(database: Database, provider: str) -> Sequence[str]:
    async with database.read() as session:
        rows = await session.execute(
            select(Delivery.provider_message_id)
            .where(Delivery.provider == provider, Delivery.status == "sent", Delivery.created_at > now() - _PENDING)
            .order_by(Delivery.seq)
            .limit(_MOST)
        )
    return [identifier for identifier in rows.scalars() if identifier]
