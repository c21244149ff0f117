"""The arrangement of a phone copy in the record, and how long it is kept."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.record.erasure import erase_rows
from core.channels import BY_NUMBER
from core.database import Database
from core.database.base import now, table
from core.database.models import Conversation, Delivery, Handoff, Message, PhoneCopy, Reply
from core.database.prepared import Prepared
from core.handoff import BY_FORM, OPEN

ARRANGED_WITHIN = timedelta(minutes=15)  # from asking for the number to the confirmation
KEPT_FOR = timedelta(hours=24)  # for an SMS conversation that is nothing but a copy: long enough to read on by SUITE
_BATCH = 500  # rows in a transaction
_COPIES = table(PhoneCopy).c
_ANY = Prepared(select(_COPIES.conversation_id).where(_COPIES.conversation_id == bindparam("of")))


async def pending_copy(session: AsyncSession, conversation: str) -> PhoneCopy | None:
    """Returns the copy for which ``conversation`` still has to give a number or a confirmation.

    ``None`` also if a call-back form was begun since: what is typed now is for that form.
    """
    row = await session.get(PhoneCopy, conversation, populate_existing=True)
    if row is None or row.asked_at < now() - ARRANGED_WITHIN:
        return None
    form = await session.scalar(
        select(func.max(Handoff.collecting_since)).where(
            Handoff.conversation_id == conversation, Handoff.kind.in_(BY_FORM), Handoff.state.in_(OPEN)
        )
    )
    return row if form is None or form < row.asked_at else None


async def find_pending_copy(database: Database, conversation: str) -> PhoneCopy | None:
    """Returns ``pending_copy``, in a read of its own. Costs little at a turn without any copy, as most are."""
    (rows,) = await database.fetch((_ANY, {"of": conversation}))
    if not rows:
        return None
    async with database.read(brief=True) as session:
        return await pending_copy(session, conversation)


async def delete_expired_copies(database: Database) -> None:
    """Deletes the numbers of copies that were never confirmed, and SMS conversations opened by a copy and never answered."""
    async with database.write() as session:
        await session.execute(delete(PhoneCopy).where(PhoneCopy.asked_at < now() - ARRANGED_WITHIN))
        has_messages = exists().where(Message.conversation_id == Conversation.id)
        has_handoff = exists().where(Handoff.conversation_id == Conversation.id)
        has_unsent_replies = exists().where(
            Reply.conversation_id == Conversation.id,
            Delivery.reply_id == Reply.id,
            Delivery.status.in_(("queued", "sending")),
        )
        rows = await session.execute(
            select(Conversation.id)
            .where(Conversation.channel.in_(BY_NUMBER), Conversation.last_at < now() - KEPT_FOR)
            .where(~has_messages, ~has_handoff, ~has_unsent_replies)
            .limit(_BATCH)
        )
        await erase_rows(session, rows.scalars().all(), on_request=False)
