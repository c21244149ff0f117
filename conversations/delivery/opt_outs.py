"""The register of opt-outs: numbers that sent STOP, by keyed digest. Everything that sends a message obeys it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.keywords import Keyword, keyword
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Conversation, OptOut


async def apply_stop_or_start(session: AsyncSession, address_digest: str, message: str, text: str) -> bool:
    """Records STOP and START in the transaction that takes the message in: after its commit nothing more is sent.

    ``message`` is our id of the message. Returns true if the number had opted out already and this message gets no answer (a
    second STOP is not confirmed again; messages received during an opt-out stay unanswered after START).
    """
    active = await _active_opt_out(session, address_digest)
    match keyword(text):
        case Keyword.STOP:
            values = {"stop_message": message, "stopped_at": now(), "lifted_at": None}
            statement = insert_into(session, OptOut).values(address_digest=address_digest, **values)
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=["address_digest"], set_=values, where=OptOut.lifted_at.is_not(None)
                )
            )
        case Keyword.START:
            if active is not None:
                active.lifted_at = now()
            return False
        case _:
            pass
    return active is not None


async def stop_message_of(session: AsyncSession, conversation: str) -> str | None:
    """Returns the id of the STOP message by which the number of ``conversation`` opted out; ``None`` if it did not."""
    rows = await session.execute(
        select(OptOut.stop_message)
        .join(Conversation, Conversation.address_digest == OptOut.address_digest)
        .where(Conversation.id == conversation, OptOut.lifted_at.is_(None))
    )
    return rows.scalar_one_or_none()


async def has_opted_out(session: AsyncSession, address_digest: str) -> bool:
    """Decides whether the number with ``address_digest`` has opted out."""
    return await _active_opt_out(session, address_digest) is not None


async def _active_opt_out(session: AsyncSession, address_digest: str) -> OptOut | None:
    rows = await session.execute(
        select(OptOut).where(OptOut.address_digest == address_digest, OptOut.lifted_at.is_(None)).with_for_update()
    )
    return rows.scalar_one_or_none()
