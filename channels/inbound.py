"""The way in, one for every channel: verify → parse → deduplicate → mask → commit → wake-up; then the caller acknowledges."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from channels.contracts import Channel, DeliveryReceipt, InboundMessage, RawRequest, Rendered
from channels.conversations import conversation_of
from channels.nerve import Nerve
from channels.outbound import record_receipt
from channels.replies import add_reply
from channels.signing import Choice, new_id
from channels.sms.optouts import obey
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Conversation, Message, Reply
from core.privacy.addresses import Addresses
from core.privacy.masking import mask
from core.turns import Origin, Outcome

# PostgreSQL cannot hold a NUL, nothing can encode half a surrogate pair, and no citizen types either.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

MOST_WAITING = 20  # unanswered messages of one web conversation


class UnknownConversation(Exception):
    """The conversation was erased, or never was."""


class TooManyWaiting(Exception):
    """So many messages of the conversation are unanswered that no more are taken. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that is in the record. ``fresh`` is false for one that had come before."""

    conversation: str
    id: str
    seq: int
    fresh: bool


class Inbound:
    """Takes messages into the record. When a method returns, they are committed, and a worker knows or will find out."""

    def __init__(self, database: Database, nerve: Nerve, addresses: Addresses, *, language: str) -> None:
        self._database = database
        self._nerve = nerve
        self._addresses = addresses
        self._language = language

    async def receive(self, channel: Channel, request: RawRequest, *, origin: Origin) -> Accepted | DeliveryReceipt:
        """A provider's request, from signature to commit. Raises ``InvalidSignature`` and ``MalformedRequest``.

        An unsigned request leaves no trace: nothing is parsed before it is verified.
        """
        channel.verify(request)
        parsed = channel.parse(request)
        if isinstance(parsed, DeliveryReceipt):
            async with self._database.write() as session:
                await record_receipt(session, parsed)
            return parsed
        return await self._from_address(channel.name, parsed, origin=origin)

    async def accept(self, conversation: str, external_id: str, said: str | Choice) -> Accepted:
        """A message of a web client: a text, or a button whose signature was checked.

        Raises ``UnknownConversation`` and ``TooManyWaiting``.
        """
        async with self._database.write() as session:
            # Also the lock that makes messages of one conversation commit in the order of their numbers.
            touched = await session.execute(
                update(Conversation).where(Conversation.id == conversation).values(last_at=now()).returning(Conversation.id)
            )
            if touched.scalar_one_or_none() is None:
                raise UnknownConversation
            accepted = await _insert(session, conversation, f"web:{conversation}:{external_id}", external_id, said)
            if accepted.fresh and await _waiting(session, conversation) > MOST_WAITING:
                raise TooManyWaiting
        await self._nerve.wake(conversation)
        return accepted

    async def _from_address(self, provider: str, message: InboundMessage, *, origin: Origin) -> Accepted:
        async with self._database.write() as session:
            conversation = await conversation_of(
                session,
                self._addresses,
                message.sender,
                channel="sms",
                provider=provider,
                language=self._language,
                origin=origin,
            )
            conversation.last_at = now()
            await session.flush()
            dedup = f"sms:{provider}:{message.external_id}"
            accepted = await _insert(session, conversation.id, dedup, message.external_id, message.text)
            # STOP holds from this commit on, whatever is on its way.
            if accepted.fresh and await obey(session, self._addresses.digest(message.sender), accepted.id, message.text):
                await _leave_unanswered(session, conversation, accepted.id)
        await self._nerve.wake(accepted.conversation)
        return accepted


async def _leave_unanswered(session: AsyncSession, conversation: Conversation, message: str) -> None:
    await session.execute(update(Message).where(Message.id == message).values(outcome=Outcome.SILENT, handled_at=now()))
    reply = Reply(id=new_id(), conversation_id=conversation.id, in_reply_to=message, outcome=Outcome.SILENT, blocks=[])
    await add_reply(session, conversation, reply, Rendered(""))


async def _waiting(session: AsyncSession, conversation: str) -> int:
    unanswered = select(func.count()).where(Message.conversation_id == conversation, Message.outcome.is_(None))
    return (await session.execute(unanswered)).scalar_one()


async def _insert(session: AsyncSession, conversation: str, dedup: str, external_id: str, said: str | Choice) -> Accepted:
    masked = mask(_UNWRITABLE.sub("", said.label if isinstance(said, Choice) else said))
    row = await session.execute(
        insert_into(session, Message)
        .values(
            id=new_id(),
            conversation_id=conversation,
            external_id=external_id,
            dedup=dedup,
            text=masked.text,
            payload=said.payload if isinstance(said, Choice) else None,
            masked=list(masked.kinds) or None,
        )
        .on_conflict_do_nothing(index_elements=["dedup"])
        .returning(Message.id, Message.seq)
    )
    new = row.one_or_none()
    if new is not None:
        return Accepted(conversation, new.id, new.seq, fresh=True)
    known = (
        await session.execute(select(Message.id, Message.seq, Message.conversation_id).where(Message.dedup == dedup))
    ).one()
    return Accepted(known.conversation_id, known.id, known.seq, fresh=False)
