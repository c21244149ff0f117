"""Erasing conversations: from the record at once, and from the dialogue engine's memory until that has surely worked."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from itertools import batched

import httpx
import structlog
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine.rasa_client import RasaClient
from conversations.signals.event_bus import EventBus
from core.audit import record
from core.audit.ledger import ERASED
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Conversation, Delivery, ErasedConversation, Erasure, Message, Reply, SeenMessage
from core.privacy.receipts import receipt_of

# A turn that was under way during the erasure may write to the engine's memory once more: erase there again afterwards.
_ERASE_AGAIN_AFTER = timedelta(seconds=60)
_ROWS = 500  # in one statement
CITIZEN = "citizen"  # the actor in the audit

log = structlog.get_logger(__name__)


async def erase(
    database: Database, event_bus: EventBus, engine: RasaClient, conversation: str, *, actor: str = CITIZEN
) -> bool:
    """Erases one conversation and all its data, at the wish of ``actor``. Returns false if there was none.

    The engine's memory may be erased later.
    """
    async with database.write() as session:
        erased = await erase_rows(session, [conversation])
        await audit_erasures(session, erased, actor=actor)
    if not erased:
        return False
    await event_bus.notify(conversation, "erased")
    await _forget(engine, conversation)
    return True


async def erase_rows(session: AsyncSession, conversations: Sequence[str], *, on_request: bool = True) -> Sequence[str]:
    """Deletes ``conversations`` in this transaction, and notes that the engine must forget them. Returns the existing ones.

    ``on_request``: a person wants it, not retention. The ids are then kept, so that a restored backup erases them again, and
    the caller ends the transaction with ``audit_erasures``. The digests of their SMS are always kept: a copied request must
    not open the conversations again.
    """
    await remember_seen(session, Message.conversation_id.in_(conversations))
    rows = await session.execute(delete(Conversation).where(Conversation.id.in_(conversations)).returning(Conversation.id))
    erased = rows.scalars().all()
    session.add_all(Erasure(conversation_id=conversation) for conversation in erased)
    if on_request and erased:
        ledger = insert_into(session, ErasedConversation).on_conflict_do_nothing(index_elements=["conversation_id"])
        await session.execute(ledger, [{"conversation_id": conversation} for conversation in erased])
    return erased


async def audit_erasures(session: AsyncSession, conversations: Sequence[str], *, actor: str = CITIZEN) -> None:
    """Records the erasures in the audit (and so in the ledger), by receipts that identify nobody."""
    for conversation in conversations:
        await record(session, actor=actor, action=ERASED, target=erasure_target(receipt_of(conversation)))


def erasure_target(receipt: str) -> str:
    """Returns the audit's name for the conversation whose erasure has this ``receipt``."""
    return f"receipt:{receipt}"


async def remember_seen(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Records the SMS among the messages selected by ``which`` as seen, before they are deleted."""
    rows = await session.execute(select(Message.dedup).where(which, Message.dedup.startswith("sms:")))
    digests = [{"digest": seen_digest(dedup), "erased_at": now()} for dedup in rows.scalars()]
    for batch in batched(digests, _ROWS):
        await session.execute(insert_into(session, SeenMessage).values(batch).on_conflict_do_nothing(index_elements=["digest"]))


def seen_digest(dedup: str) -> str:
    """Returns the digest that ``seen_messages`` keeps of the message with ``dedup``."""
    return hashlib.sha256(dedup.encode()).hexdigest()


async def erase_closing(database: Database) -> int:
    """Erases conversations that EFFACER ended, once their confirmation is on its way or has failed. Returns their number."""
    latest = now() - _ERASE_AGAIN_AFTER
    unanswered = select(Message.conversation_id).where(Message.outcome.is_(None))
    unsent = (
        select(Reply.conversation_id)
        .join(Delivery, Delivery.reply_id == Reply.id)
        .where(Delivery.status.in_(("queued", "sending")))
    )
    closing = select(Conversation.id).where(
        Conversation.closing.is_(True),
        Conversation.last_at <= latest,
        Conversation.id.not_in(unanswered),
        Conversation.id.not_in(unsent),
    )
    async with database.read() as session:  # the usual case: there is none, and a read makes nobody wait
        if (await session.execute(closing.limit(1))).first() is None:
            return 0
    async with database.write() as session:
        erased = await erase_rows(session, (await session.execute(closing)).scalars().all())
        await audit_erasures(session, erased)
    return len(erased)


async def forget_erased(database: Database, engine: RasaClient, *, limit: int = 500) -> int:
    """Erases conversations from the engine's memory some time after their erasure. Returns how many; others wait."""
    async with database.read() as session:
        rows = await session.execute(
            select(Erasure.conversation_id).where(Erasure.requested_at <= now() - _ERASE_AGAIN_AFTER).limit(limit)
        )
    forgotten = []
    for conversation in rows.scalars().all():
        if not await _forget(engine, conversation):
            break
        forgotten.append(conversation)
    if forgotten:
        async with database.write() as session:
            await session.execute(delete(Erasure).where(Erasure.conversation_id.in_(forgotten)))
    return len(forgotten)


async def _forget(engine: RasaClient, conversation: str) -> bool:
    try:
        await engine.forget(conversation)
    except httpx.HTTPError as error:
        log.warning("engine_did_not_forget", conversation=conversation, error=type(error).__name__)
        return False
    return True
