"""Polling of a provider that sends no requests: new messages, and the states of ours. One process at a time."""

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
_MAX_PENDING = 2_000  # the latest; the channel asks for some of them at a time, in turns
_FAILURE_PAUSE = timedelta(seconds=30)  # after a failure of ours, not of the provider


async def poll(
    database: Database, jobs: Jobs, inbound: Inbound, provider: str, channel: Polled, *, every: timedelta
) -> Exception | None:
    """Polls once, unless another process has just done so. The provider deletes only what is committed.

    Returns the error that keeps the provider from answering (``SendFailed``, ``HTTPError``): the next round tries again.
    """
    provider_error: Exception | None = None
    origin = Origin.SIMULATOR if is_simulated(provider) else Origin.CITIZEN

    async def poll_channel() -> None:
        nonlocal provider_error
        try:
            items = await channel.poll(await _pending(database, provider))
            for item in items:
                if isinstance(item, InboundMessage):
                    await inbound.take_sms(provider, item, origin=origin)
                else:
                    await inbound.report(item)
            await channel.done(items)
        except (SendFailed, HTTPError) as error:
            provider_error = error

    await jobs.run(f"poll {provider}"[:32], poll_channel, every=every / 2, rest=_FAILURE_PAUSE)
    return provider_error


async def _pending(database: Database, provider: str) -> Sequence[str]:
    async with database.read() as session:
        rows = await session.execute(
            select(Delivery.provider_message_id)
            .where(Delivery.provider == provider, Delivery.status == "sent", Delivery.created_at > now() - _PENDING)
            .order_by(Delivery.seq.desc())
            .limit(_MAX_PENDING)
        )
    return [identifier for identifier in rows.scalars() if identifier]
