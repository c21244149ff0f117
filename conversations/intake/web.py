"""Takes messages of web clients into the record, many in one transaction (``conversations.record.batching``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.intake.call_back_numbers import keep_number, number_in
from conversations.record.messages import Accepted, as_kept, insert_messages, new_message
from conversations.signing import Choice
from core.database.base import now, table
from core.database.models import Conversation, Message
from core.database.prepared import Prepared
from core.privacy.addresses import Addresses

MOST_WAITING = 20  # unanswered messages of one conversation


class UnknownConversation(Exception):
    """The conversation was erased, or never existed."""


class TooManyWaiting(Exception):
    """The conversation has too many unanswered messages to take more. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message with its row, masked outside any transaction. ``number``: the telephone number in its text."""

    conversation: str
    number: str | None
    row: dict[str, Any]

    @classmethod
    def of(cls, conversation: str, external_id: str, said: str | Choice) -> Said:
        """Returns the message for a text, or for a button whose signature was checked."""
        text, payload = (said.label, said.payload) if isinstance(said, Choice) else (said, None)
        dedup = f"web:{conversation}:{external_id}"
        return cls(conversation, number_in(text), new_message(conversation, dedup, external_id, as_kept(text), payload))

    @property
    def dedup(self) -> str:
        return str(self.row["dedup"])


async def take(session: AsyncSession, batch: Sequence[Said], addresses: Addresses) -> Sequence[Accepted | Exception]:
    """Returns the result for each message, in order; the caller commits. The statements are the same few for any batch size."""
    there = await _locked(session, {said.conversation for said in batch})
    room = Counter(dict.fromkeys(there, MOST_WAITING)) - await _waiting(session, there)
    wanted = Counter(said.conversation for said in batch)
    crowded = [said.dedup for said in batch if wanted[said.conversation] > room[said.conversation]]
    known = await _known(session, crowded)
    taken: list[Said] = []
    for said in batch:
        if said.conversation in there and (said.dedup in known or room[said.conversation] > 0):
            taken.append(said)
            room[said.conversation] -= said.dedup not in known
    accepted = await insert_messages(session, list({said.dedup: said.row for said in taken}.values()))
    results: list[Accepted | Exception] = []
    for said in batch:
        if said.conversation not in there:
            results.append(UnknownConversation())
        elif said.dedup not in accepted:
            results.append(TooManyWaiting())
        else:
            result = accepted[said.dedup]
            if result.fresh:
                await keep_number(session, addresses, said.conversation, said.number)
                accepted[said.dedup] = Accepted(result.conversation, result.id, result.seq, fresh=False)  # for a second one
            results.append(result)
    return results


async def _locked(session: AsyncSession, conversations: Collection[str]) -> set[str]:
    """Locks the rows of ``conversations`` and returns the existing ones. Their messages then commit in the order of their
    numbers.

    Rows are locked in the order of their ids, so that two callers never deadlock. SQLite has one writer anyway.
    """
    if len(conversations) == 1:  # the usual case: an update is a lock
        (one,) = conversations
        return {row[0] for row in await _TOUCH.rows(session, {"of": one, "moment": now()})}
    rows = await session.execute(
        select(Conversation.id).where(Conversation.id.in_(conversations)).order_by(Conversation.id).with_for_update()
    )
    there = set(rows.scalars())
    touch = update(Conversation).where(Conversation.id.in_(there)).values(last_at=now())
    await session.execute(touch.execution_options(synchronize_session=False))
    return there


async def _waiting(session: AsyncSession, conversations: Collection[str]) -> Counter[str]:
    if len(conversations) == 1:
        (one,) = conversations
        ((waiting,),) = await _WAITING.rows(session, {"of": one})
        return Counter({one: waiting})
    rows = await session.execute(
        select(Message.conversation_id, func.count())
        .where(Message.conversation_id.in_(conversations), Message.outcome.is_(None))
        .group_by(Message.conversation_id)
    )
    return Counter({row[0]: row[1] for row in rows})


async def _known(session: AsyncSession, dedups: Sequence[str]) -> set[str]:
    if not dedups:
        return set()
    return set((await session.execute(select(Message.dedup).where(Message.dedup.in_(dedups)))).scalars())


# Built once: most batches hold one message, and building a statement costs more than running it.
_CONVERSATIONS, _MESSAGES = table(Conversation).c, table(Message).c
_TOUCH = Prepared(
    update(table(Conversation))
    .where(_CONVERSATIONS.id == bindparam("of"))
    .values(last_at=bindparam("moment"))
    .returning(_CONVERSATIONS.id)
)
_WAITING = Prepared(select(func.count()).where(_MESSAGES.conversation_id == bindparam("of"), _MESSAGES.outcome.is_(None)))
