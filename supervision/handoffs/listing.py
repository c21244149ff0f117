"""Supervisors' views: the list of handoffs, and one handoff with its conversation."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, computed_field
from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.events import BLOCKS, read_blocks
from conversations.ports import Renderer
from conversations.record.replies import latest_replies
from core.channels import traits_of
from core.database import Database
from core.database.models import Conversation, Handoff, Message
from core.handoff import OPEN, State
from core.identity.staff import staff_names
from core.privacy.addresses import Addresses
from core.turns import Origin, Outcome
from supervision.handoffs.answer_decisions import waiting_answers
from supervision.handoffs.handoff_actions import Claim, require_claim
from supervision.handoffs.record import queue_place


class ListedHandoff(BaseModel):
    """One handoff in the list. ``place`` is the one in its team's queue while it waits; ``number`` shows the last two digits.

    ``unread``: messages of the citizen that its owner has not seen.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    conversation: str
    kind: str
    state: str
    team: str
    reason: str
    alert: bool
    subject: str
    language: str
    channel: str
    origin: str
    owner: str | None
    fencing: int
    place: int | None
    number: str
    best_time: str
    unread: int
    created_at: datetime
    waiting_since: datetime | None
    claimed_at: datetime | None
    closed_at: datetime | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def pays_by_segment(self) -> bool:
        """Decides whether replies are paid for by segment: the console counts them, and says how far each came."""
        return traits_of(self.channel).pays_by_segment


# Columns, not objects: a list of 500 is read at every change, and SQLAlchemy's tracking took most of the time.
LISTED = (
    Handoff.id,
    Conversation.id.label("conversation"),
    Handoff.kind,
    Handoff.state,
    Handoff.team,
    Handoff.reason,
    Handoff.alert,
    Handoff.subject,
    Conversation.language,
    Conversation.channel,
    Conversation.origin,
    Handoff.owner,
    Handoff.fencing,
    case((Handoff.number.is_not(None), Handoff.number_hint), else_="").label("number"),
    Handoff.best_time,
    Handoff.created_at,
    Handoff.waiting_since,
    Handoff.claimed_at,
    Handoff.closed_at,
)


class Line(BaseModel):
    """One line of a conversation: its author (``citizen``, ``bot``, ``human``; ``held``: waits for approval) and text.

    ``outcome`` and ``entry`` are for the bot's lines; ``author``: the name of the human who wrote it.
    """

    model_config = ConfigDict(frozen=True)

    who: str
    text: str
    at: datetime
    outcome: str = ""
    entry: str = ""
    confidence: float | None = None
    author: str = ""


async def list_handoffs(database: Database, *, ended: bool = False, only: Collection[str] | None = None) -> list[ListedHandoff]:
    """Returns the handoffs that a supervisor can work on, the most urgent first: alerts, then claimed, waiting, offline,
    flagged.

    ``ended``: the ended ones instead, latest first. Drafts are left out, and so are the thousands of handoffs from a benchmark
    on the website. ``only``: only these (ids of handoffs, or of their conversations), without their places.
    """
    order = case({State.CLAIMED: 0, State.WAITING: 1, State.OFFLINE: 2, State.FLAGGED: 3}, value=Handoff.state, else_=4)
    query = (
        select(*LISTED)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Conversation.origin != Origin.BENCH)
    )
    if ended:
        query = query.where(Handoff.state.not_in(OPEN)).order_by(Handoff.closed_at.desc()).limit(200)
    else:
        query = query.where(Handoff.state.in_(OPEN - {State.DRAFT})).order_by(
            Handoff.alert.desc(), order, Handoff.waiting_since, Handoff.seq
        )
    if only is not None:
        query = query.where(_is_one_of(only))
    async with database.read() as session:
        rows = (await session.execute(query)).all()
        unread = await _unread(session, only)
    places: Counter[tuple[str, str, str]] = Counter()  # the list has the order of the queues
    handoffs = []
    for row in rows:
        queue = (row.kind, row.origin, row.team)
        places[queue] += row.state == State.WAITING
        position = places[queue] if row.state == State.WAITING and only is None else None
        handoffs.append(listed_from_row(row, position, unread.get(row.id, 0)))
    return handoffs


async def find_by_prefix(database: Database, handoff: str) -> ListedHandoff | None:
    """Returns the handoff whose id begins with ``handoff`` (at least 4 characters), if there is exactly one."""
    if len(handoff) < 4 or not handoff.isalnum():
        return None
    return await _find_one(database, Handoff.id.startswith(handoff))


async def find_by_id(database: Database, handoff: str) -> ListedHandoff | None:
    """Returns the handoff with this id, if there is one."""
    return await _find_one(database, Handoff.id == handoff.replace("\x00", ""))


async def _find_one(database: Database, condition: ColumnElement[bool]) -> ListedHandoff | None:
    query = (
        select(*LISTED, Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(condition, Handoff.state != State.DRAFT)
        .limit(2)
    )
    async with database.read() as session:
        rows = (await session.execute(query)).all()
        if len(rows) != 1:
            return None
        (row,) = rows
        position = await queue_place(session, row.Handoff, row.origin) if row.state == State.WAITING else None
        return listed_from_row(row, position, (await _unread(session, [row.id])).get(row.id, 0))


async def number_of(database: Database, addresses: Addresses, claim: Claim) -> str | None:
    """Returns the call-back number (E.164), for the owner of the handoff only. Raises ``Refused``."""
    async with database.read() as session:
        row = (await session.execute(select(Handoff).where(Handoff.id == claim.handoff))).scalar_one()
        require_claim(row, claim)
        return addresses.decrypt(row.number) if row.number is not None else None


async def transcript(database: Database, conversation: str, render: Renderer, *, limit: int = 200) -> list[Line]:
    """Returns the last messages and replies of ``conversation``, oldest first, as the record has them (masked)."""
    async with database.read() as session:
        language = (await session.get_one(Conversation, conversation)).language
        messages = await session.execute(
            select(Message).where(Message.conversation_id == conversation).order_by(Message.seq.desc()).limit(limit)
        )
        replies = await latest_replies(session, conversation, limit=limit)
        names = await staff_names(session)
    lines = [Line(who="citizen", text=message.text or "", at=message.received_at) for message in messages.scalars()]
    lines += [
        Line(
            who="human" if reply.outcome == Outcome.HUMAN else "bot",
            text=render(read_blocks(reply), language=language).text,
            at=reply.created_at,
            outcome=reply.outcome,
            entry=reply.entry,
            confidence=reply.confidence,
            author=names.get(reply.author, reply.author),
        )
        for reply in replies
        if reply.blocks
    ]
    return sorted(lines, key=lambda line: line.at)


async def held_lines(database: Database, listed: ListedHandoff, render: Renderer) -> list[Line]:
    """Returns the answers that wait for approval under ``listed``, as they would be sent."""
    async with database.read() as session:
        waiting = await waiting_answers(session, listed.id)
    return [
        Line(
            who="held",
            text=answer.text or render(BLOCKS.validate_python(answer.blocks), language=listed.language).text,
            at=answer.created_at,
            outcome=answer.outcome,
            entry=answer.entry,
            confidence=answer.confidence,
        )
        for answer in waiting
    ]


def _is_one_of(only: Collection[str]) -> ColumnElement[bool]:
    return Handoff.conversation_id.in_(only) | Handoff.id.in_(only)


async def _unread(session: AsyncSession, only: Collection[str] | None) -> dict[str, int]:
    """Returns the number of messages that the owners of claimed handoffs have not seen, where there are any."""
    query = (
        select(Handoff.id, func.count())
        .join(Message, (Message.conversation_id == Handoff.conversation_id) & (Message.seq > Handoff.read_seq))
        .where(Handoff.state == State.CLAIMED, Message.received_at > Handoff.claimed_at, Message.outcome == Outcome.HUMAN)
        .group_by(Handoff.id)
    )
    rows = await session.execute(query if only is None else query.where(_is_one_of(only)))
    return {handoff: int(count) for handoff, count in rows}


def listed_from_row(row: Row[Any], place: int | None, unread: int) -> ListedHandoff:
    """Returns a list item from a row with the columns ``LISTED``. ``place``: in the queue, while it waits."""
    return ListedHandoff(**row._mapping, place=place, unread=unread)
