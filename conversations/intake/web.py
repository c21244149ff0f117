"""Takes messages of web clients into the record, many in one transaction (``conversations.record.batching``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.intake.call_back_numbers import keep_number, number_in
from conversations.intake.mail_addresses import address_in, keep_address
from conversations.record.messages import Accepted, insert_messages, mask_message, new_message
from conversations.signing import Choice
from core.database.base import now
from core.database.models import Conversation, Message
from core.privacy.addresses import Addresses

MAX_WAITING = 20  # unanswered messages of one conversation


class UnknownConversation(Exception):
    """The conversation was erased, or never existed."""


class TooManyWaiting(Exception):
    """The conversation has too many unanswered messages to take more. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class WebMessage:
    """A message with its row, masked outside any transaction. ``number``, ``address``: for a telephone, for e-mail, in its
    text.
    """

    conversation: str
    number: str | None
    address: str | None
    row: dict[str, Any]

    @classmethod
    def of(cls, conversation: str, external_id: str, content: str | Choice) -> WebMessage:
        """Returns the message for a text, or for a button whose signature was checked."""
        text, payload = (content.label, content.payload) if isinstance(content, Choice) else (content, None)
        dedup = f"web:{conversation}:{external_id}"
        row = new_message(conversation, dedup, external_id, mask_message(text), payload)
        return cls(conversation, number_in(text), address_in(text), row)

    @property
    def dedup(self) -> str:
        return str(self.row["dedup"])


async def take_batch(
    session: AsyncSession, batch: Sequence[WebMessage], addresses: Addresses
) -> Sequence[Accepted | Exception]:
    """Returns the result for each message, in order; the caller commits. The statements are the same few for any batch size."""
    existing = await _lock(session, {message.conversation for message in batch})
    places = Counter(dict.fromkeys(existing, MAX_WAITING)) - await _waiting(session, existing)
    received = Counter(message.conversation for message in batch)
    over_limit = [message.dedup for message in batch if received[message.conversation] > places[message.conversation]]
    known = await _known_dedups(session, over_limit)  # a repeated message needs no place
    to_insert: list[WebMessage] = []
    for message in batch:
        if message.conversation in existing and (message.dedup in known or places[message.conversation] > 0):
            to_insert.append(message)
            places[message.conversation] -= message.dedup not in known
    accepted = await insert_messages(session, list({message.dedup: message.row for message in to_insert}.values()))
    results: list[Accepted | Exception] = []
    for message in batch:
        if message.conversation not in existing:
            results.append(UnknownConversation())
        elif message.dedup not in accepted:
            results.append(TooManyWaiting())
        else:
            result = accepted[message.dedup]
            if result.fresh:
                await keep_number(session, addresses, message.conversation, message.number)
                await keep_address(session, addresses, message.conversation, message.address)
                accepted[message.dedup] = replace(result, fresh=False)  # for the same message once more in this batch
            results.append(result)
    return results


async def _lock(session: AsyncSession, conversations: Collection[str]) -> set[str]:
    """Locks the rows of ``conversations`` and returns the existing ones. Their messages then commit in the order of their
    numbers.

    Rows are locked in the order of their ids, so that two callers never deadlock. SQLite has one writer anyway.
    """
    rows = await session.execute(
        select(Conversation.id).where(Conversation.id.in_(conversations)).order_by(Conversation.id).with_for_update()
    )
    existing = set(rows.scalars())
    touch = update(Conversation).where(Conversation.id.in_(existing)).values(last_at=now())
    await session.execute(touch.execution_options(synchronize_session=False))
    return existing


async def _waiting(session: AsyncSession, conversations: Collection[str]) -> Counter[str]:
    rows = await session.execute(
        select(Message.conversation_id, func.count())
        .where(Message.conversation_id.in_(conversations), Message.outcome.is_(None))
        .group_by(Message.conversation_id)
    )
    return Counter({row[0]: row[1] for row in rows})


async def _known_dedups(session: AsyncSession, dedups: Sequence[str]) -> set[str]:
    if not dedups:
        return set()
    return set((await session.execute(select(Message.dedup).where(Message.dedup.in_(dedups)))).scalars())
