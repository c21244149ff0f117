"""Handoffs in the record, for a transaction that holds the lock of their conversation."""

from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database import Database
from core.database.base import now, table
from core.database.models import Conversation, Handoff, Message
from core.database.prepared import Prepared
from core.handoff import OPEN, Kind, Reason, State
from core.turns import Outcome

_SUBJECT_CHARACTERS = 200
_ENQUIRIES = (Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.CRISIS)


async def lock_conversation(session: AsyncSession, conversation: str) -> bool:
    """Locks ``conversation``, whose replies and handoffs then may change. Returns false if it is gone."""
    locked = await session.execute(
        update(Conversation).where(Conversation.id == conversation).values(last_at=now()).returning(Conversation.id)
    )
    return locked.scalar_one_or_none() is not None


async def open_handoff(session: AsyncSession, conversation: str, kind: Kind) -> Handoff | None:
    """Returns the open handoff of this kind, if there is one."""
    values = {"of": conversation, "kind": kind}
    await session.flush()  # what the session has added counts
    if await _IS_OPEN.first(session, values) is None:
        return None  # the usual case, cheaper than loading an object
    handoff = select(Handoff).where(Handoff.conversation_id == conversation, Handoff.kind == kind, Handoff.state.in_(OPEN))
    return (await session.execute(handoff.execution_options(populate_existing=True))).scalar_one_or_none()


async def add_handoff(
    session: AsyncSession, conversation: Conversation, kind: Kind, state: State, reason: Reason, **values: Any
) -> Handoff:
    """Adds a handoff of ``conversation``, with ``values`` in its other columns."""
    handoff = Handoff(id=new_id(), conversation_id=conversation.id, kind=kind, state=state, reason=reason, **values)
    session.add(handoff)
    await session.flush()
    return handoff


async def is_claimed(database: Database, conversation: str) -> bool:
    """Decides whether a supervisor has claimed ``conversation``: the bot is then silent. False while the citizen fills in a
    call-back form, which would be lost.
    """
    claimed, form = await database.fetch(
        (_CLAIMED, {"of": conversation, "kind": Kind.CHAT, "held": State.CLAIMED}),
        (_FILLED_IN, {"of": conversation}),
    )
    return bool(claimed) and not form


async def fills_in_form(session: AsyncSession, conversation: str) -> bool:
    """Decides whether the citizen is filling in the call-back form, which asks for consent first."""
    return await _FILLED_IN.first(session, {"of": conversation}) is not None


async def queue_place(session: AsyncSession, handoff: Handoff, origin: str) -> int:
    """Returns the place (from 1) of a waiting ``handoff`` in the queue: alerts first, then the longest waiting.

    Each team has a queue of its own, separate for citizens and for tests and demonstrations.
    """
    since = handoff.waiting_since or handoff.created_at
    earlier = (Handoff.waiting_since < since) | ((Handoff.waiting_since == since) & (Handoff.seq < handoff.seq))
    first = Handoff.alert.is_(True)
    before = first & earlier if handoff.alert else first | earlier
    ahead = (
        select(func.count())
        .select_from(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.state == State.WAITING, Handoff.kind == handoff.kind, Conversation.origin == origin, before)
        .where(Handoff.team == handoff.team)
    )
    return int((await session.execute(ahead)).scalar_one()) + 1


async def subject_of(session: AsyncSession, conversation: str) -> str:
    """Returns the citizen's last question, in their own (masked) words; empty if there is none yet.

    A pressed choice ("À partir de 18 ans") tells a supervisor little: it is given only if nothing was written.
    """
    values = await session.execute(
        select(Message.text)
        .where(Message.conversation_id == conversation, Message.outcome.in_(_ENQUIRIES), Message.text != "")
        .order_by(Message.payload.is_not(None), Message.seq.desc())
        .limit(1)
    )
    return (values.scalar_one_or_none() or "")[:_SUBJECT_CHARACTERS]


def typed_text(message: Message) -> str:
    """Returns the words of ``message``, empty for a button. A first message that asks for a person often names the subject."""
    return "" if message.payload is not None else (message.text or "")[:_SUBJECT_CHARACTERS]


# Built once: each turn asks twice.
_HANDOFFS = table(Handoff).c
_OPEN = or_(*(_HANDOFFS.state == state for state in OPEN))
_ALL = select(_HANDOFFS.id).where(_HANDOFFS.conversation_id == bindparam("of"))
_THESE = _ALL.where(_HANDOFFS.kind == bindparam("kind"))
_IS_OPEN = Prepared(_THESE.where(_OPEN))
_CLAIMED = Prepared(_THESE.where(_HANDOFFS.state == bindparam("held")))
_FILLED_IN = Prepared(_ALL.where(_HANDOFFS.collecting_since.is_not(None), _OPEN))
