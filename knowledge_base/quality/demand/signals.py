"""Answered and unanswered messages: citizens' own words, masked, without tests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.database import Database
from core.database.models import Conversation, DemandMember, Feedback, Handoff, Message, Reply
from core.turns import Origin, Outcome

FAILURES = ("no_answer", "refused", "negative", "handoff")
ENQUIRIES = (Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER)
LEAST_CHARACTERS = 8  # "oui" and "combien ?" need the preceding message to be understood


@dataclass(frozen=True, slots=True)
class Signal:
    """An enquiry. ``kind`` is one of ``FAILURES``, or the outcome of an answered one."""

    message: str
    conversation: str
    text: str
    at: datetime
    kind: str


class Enquiry(NamedTuple):
    """A citizen's enquiry in a conversation."""

    seq: int
    at: datetime
    message: str


async def signals(database: Database, since: datetime, *, most: int) -> list[Signal]:
    """Returns the newest ``most`` enquiries since then that belong to no cluster yet, oldest first."""
    in_cluster = exists().where(DemandMember.message_id == Message.id)
    query = (
        select(Message.id, Message.conversation_id, Message.text, Message.received_at, Message.outcome, Message.seq)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.origin == Origin.CITIZEN,
            Message.received_at >= since,
            Message.outcome.in_(ENQUIRIES),
            Message.payload.is_(None),
            func.length(Message.text) >= LEAST_CHARACTERS,
            ~in_cluster,
        )
        .order_by(Message.seq.desc())
        .limit(most)
    )
    async with database.read() as session:
        rows = (await session.execute(query)).all()
        failures = await failure_kinds(session, since)
    return [
        Signal(message, conversation, text or "", at, failures.get(message, str(outcome)))
        for message, conversation, text, at, outcome, _ in reversed(rows)
    ]


async def failure_kinds(session: AsyncSession, since: datetime) -> dict[str, str]:
    """Returns the kind of failure of each unanswered message, by its id.

    A citizen's later reaction counts for the last enquiry before it in the conversation.
    """
    plain = select(Message.id).where(Message.received_at >= since, Message.outcome == Outcome.NO_ANSWER)
    found = dict.fromkeys(await session.scalars(plain), "no_answer")
    refusal = aliased(Message)
    refused = select(refusal.conversation_id, refusal.seq).where(
        refusal.received_at >= since, refusal.payload.like("/none_of_these%")
    )
    requests = select(Handoff.conversation_id, Handoff.created_at).where(Handoff.created_at >= since, Handoff.kind == "chat")
    bad = (
        select(Message.conversation_id, Message.seq)
        .join(Reply, Reply.in_reply_to == Message.id)
        .join(Feedback, Feedback.reply_id == Reply.id)
        .where(Message.received_at >= since, Feedback.useful.is_(False))
    )
    rated_bad = (await session.execute(bad)).all()
    refusals = (await session.execute(refused)).all()
    handoffs = (await session.execute(requests)).all()
    conversations = {conversation for conversation, _ in (*rated_bad, *refusals, *handoffs)}
    enquiries: dict[str, list[Enquiry]] = {}
    rows = select(Message.conversation_id, Message.seq, Message.received_at, Message.id).where(
        Message.received_at >= since, Message.outcome.in_(ENQUIRIES), Message.payload.is_(None)
    )
    for conversation, seq, at, message in await session.execute(rows.order_by(Message.seq)):
        if conversation in conversations:
            enquiries.setdefault(conversation, []).append(Enquiry(seq, at, message))
    for kind, messages in (
        ("handoff", _last_enquiries(handoffs, enquiries, lambda enquiry, moment: enquiry.at <= moment)),
        ("refused", _last_enquiries(refusals, enquiries, lambda enquiry, seq: enquiry.seq < seq)),
        ("negative", _last_enquiries(rated_bad, enquiries, lambda enquiry, seq: enquiry.seq <= seq)),
    ):
        found.update(dict.fromkeys(messages, kind))
    return found


def _last_enquiries(
    events: Iterable[Sequence[Any]], enquiries: Mapping[str, Sequence[Enquiry]], counts: Callable[[Enquiry, Any], bool]
) -> list[str]:
    """Returns the last enquiry of a conversation that ``counts`` for each of ``events`` (conversation, place or time)."""
    earlier = ([one.message for one in enquiries.get(conversation, ()) if counts(one, at)] for conversation, at in events)
    return [messages[-1] for messages in earlier if messages]
