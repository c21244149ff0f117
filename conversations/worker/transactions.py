"""The worker's transactions: finding what waits, taking a conversation, committing a reply."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.events import dump_blocks
from conversations.ports import Rendered
from conversations.record.replies import insert_reply, touch_conversation
from conversations.signing import Signing, new_id
from conversations.turn_contracts import BeforeCommit, LeadingMessage
from conversations.worker.lease import HeldLease, LeaseLost, free_at, lease_is_free, renew_lease, take_lease
from core.database import Database
from core.database.base import detached, now, table
from core.database.models import Conversation, Lease, Message, Reply
from core.database.prepared import Prepared
from core.turns import Outcome, Turn


@dataclass(frozen=True, slots=True)
class TakenMessage:
    """A conversation whose lease this worker holds, and the first message in it that waits for an answer."""

    lease: HeldLease
    conversation: Conversation
    message: Message


@dataclass(frozen=True, slots=True)
class Committed:
    """A reply in the record. ``queued``: it has a delivery to be sent."""

    id: str
    seq: int
    queued: bool
    outcome: Outcome


async def waiting_conversations(database: Database, *, older_than: timedelta, limit: int = 200) -> Sequence[str]:
    """Returns conversations with an unanswered message and a free lease, the longest waiting first."""
    present = now()
    values = {"old": present - older_than, "most": limit, **free_at(present)}
    (rows,) = await database.fetch_in_thread((_WAITING, values))
    return list(dict.fromkeys(row[0] for row in rows))


async def take_conversation(database: Database, conversation: str, owner: str, duration: timedelta) -> TakenMessage | None:
    """Takes the lease and begins the first waiting message. Returns ``None`` if nothing waits or another worker has it."""
    async with database.write(brief=True, durable=False) as session:  # after a power cut no lease is valid anyway
        first = await _first_waiting(session, conversation)
        if first is None:
            return None  # most second wake-ups end here: nothing is written, nothing flushed to disk
        lease = await take_lease(session, conversation, owner, duration)
        if lease is None:
            return None
        # With several writers, the message may have been answered before the lease was free.
        return await _begin(session, lease, first) or await begin_next(session, lease)


async def begin_next(session: AsyncSession, lease: HeldLease) -> TakenMessage | None:
    """Begins the first waiting message under ``lease``. If none waits, gives the lease back and returns ``None``."""
    first = await _first_waiting(session, lease.conversation)
    if first is None:
        await renew_lease(session, lease, timedelta(0))
        return None
    return await _begin(session, lease, first)


async def _begin(session: AsyncSession, lease: HeldLease, seq: int) -> TakenMessage | None:
    """Counts one more attempt at message number ``seq`` and returns it; ``None`` if it is answered already."""
    message = await _BEGIN.first(session, {"number": seq})
    if message is None:
        return None
    (conversation,) = await _CONVERSATION.rows(session, {"of": lease.conversation})
    return TakenMessage(lease, detached(Conversation, conversation), detached(Message, message))


async def anything_waits(database: Database, conversation: str) -> bool:
    """Decides whether a message of ``conversation`` has no answer yet."""
    async with database.read(brief=True) as session:
        return await _first_waiting(session, conversation) is not None


async def _first_waiting(session: AsyncSession, conversation: str) -> int | None:
    first = await _FIRST_WAITING.first(session, {"of": conversation})
    return first[0] if first else None


async def commit_reply(
    session: AsyncSession,
    taken: TakenMessage,
    turn: Turn,
    rendered: Rendered,
    *,
    signing: Signing,
    lease: timedelta,
    payload: str | None = None,
    leading_message: LeadingMessage | None = None,
    before_commit: BeforeCommit | None = None,
    render: Callable[[Turn], Rendered] | None = None,
) -> Committed:
    """Adds the reply and the message's outcome to this transaction. Raises ``LeaseLost``: nothing may be kept then.

    ``payload`` is that of the option that the message chose, if any. ``leading_message`` returns separate messages to send
    before the reply. ``before_commit`` may change the turn, which ``render`` then renders again.
    """
    await renew_lease(session, taken.lease, lease)
    conversation = taken.conversation
    if turn.spoken:  # additions to the turn use this language, too
        conversation.spoken = turn.spoken
    payload = taken.message.payload = payload or taken.message.payload  # no session tracks the object: it is written below
    blocks = dump_blocks(signing.sign_choices(conversation.id, turn.blocks))
    await touch_conversation(session, conversation.id, rendered, blocks, aside=turn.aside)
    if before_commit is not None and render is not None:
        changed_turn = await before_commit(session, conversation, taken.message, turn)
        if changed_turn is not turn:
            turn, rendered = changed_turn, render(changed_turn)
            blocks = dump_blocks(signing.sign_choices(conversation.id, turn.blocks))
            await touch_conversation(session, conversation.id, rendered, blocks, aside=turn.aside)
    moment = now()
    values = {"number": taken.message.seq, "came_to": turn.outcome, "moment": moment, "chose": payload}
    if await _SET_OUTCOME.first(session, values) is None:
        raise LeaseLost  # answered already
    reply = Reply(
        id=new_id(),
        conversation_id=conversation.id,
        in_reply_to=taken.message.id,
        outcome=turn.outcome,
        blocks=blocks,
        entry=turn.entry,
        entry_version=turn.entry_version,
        snapshot=turn.snapshot,
        confidence=turn.confidence,
        milliseconds=round((moment - taken.message.received_at).total_seconds() * 1000),
    )
    await _update_conversation(session, conversation, turn)
    before = await leading_message(session, conversation, turn.outcome) if leading_message and rendered.text else ()
    queued = await insert_reply(session, conversation, reply, rendered, before)
    return Committed(reply.id, reply.seq, queued, turn.outcome)


async def _update_conversation(session: AsyncSession, conversation: Conversation, turn: Turn) -> None:
    """Applies the changes of ``turn`` to the conversation: its language, and a coming erasure."""
    changed: dict[str, object] = {"spoken": turn.spoken} if turn.spoken else {}
    if turn.language:  # a choice counts more than the language written before
        changed = {"language": turn.language, "spoken": None}
    if turn.move == "erase":
        changed["closing"] = True
    if not changed:
        return
    for name, value in changed.items():  # no session tracks the object: messages before the reply use the same language
        setattr(conversation, name, value)
    await session.execute(update(Conversation).where(Conversation.id == conversation.id).values(**changed))


# Statements are built once: building one costs more than running it.
_MESSAGES = table(Message).c
_LEASES = table(Lease).c
_WAITING = Prepared(
    select(_MESSAGES.conversation_id)
    .outerjoin(table(Lease), _LEASES.conversation_id == _MESSAGES.conversation_id)
    .where(_MESSAGES.outcome.is_(None))
    # A time later than now was written before the clock was put back.
    .where(or_(_MESSAGES.received_at <= bindparam("old"), _MESSAGES.received_at > bindparam("present")))
    .where(or_(_LEASES.conversation_id.is_(None), lease_is_free()))
    .order_by(_MESSAGES.received_at)
    .limit(bindparam("most"))
)
_FIRST_WAITING = Prepared(
    select(_MESSAGES.seq)
    .where(_MESSAGES.conversation_id == bindparam("of"), _MESSAGES.outcome.is_(None))
    .order_by(_MESSAGES.seq)
    .limit(1)
)
_CONVERSATION = Prepared(select(table(Conversation)).where(table(Conversation).c.id == bindparam("of")))
_BEGIN = Prepared(
    update(table(Message))
    .where(_MESSAGES.seq == bindparam("number"), _MESSAGES.outcome.is_(None))
    .values(attempts=_MESSAGES.attempts + 1)
    .returning(*_MESSAGES)
)
_SET_OUTCOME = Prepared(
    update(table(Message))
    .where(_MESSAGES.seq == bindparam("number"), _MESSAGES.outcome.is_(None))
    .values(outcome=bindparam("came_to"), handled_at=bindparam("moment"), payload=bindparam("chose"))
    .returning(_MESSAGES.seq)
)
