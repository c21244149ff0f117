"""A conversation as a supervisor sees it: all texts, and how the bot understood each message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.opt_outs import stop_message_of
from conversations.events import BLOCKS, read_blocks
from conversations.ports import Renderer
from conversations.record.replies import latest_replies
from core.database.models import Delivery, EntryRow, Handoff, HeldAnswer, Mail, Message, Reply
from core.handoff import Kind
from core.privacy.invisible import HIDDEN
from core.turns import AnswerBlock, ChoicesBlock, Outcome, TextBlock
from supervision.handoffs.listing import ListedHandoff
from supervision.handoffs.notes import labels_of, notes_of
from supervision.handoffs.record import fills_in_form

_MOST = 200


class Line(BaseModel):
    """A message or reply. ``who``: ``citizen``, ``bot``, ``checked`` (the bot, approved by ``author``), ``human`` or ``notice``
    (of the service).

    ``alternatives``: the bot's other suggestions. ``author``: the name of the human who wrote it; citizens never see it.
    ``confidence``: the probability that ``entry`` is right. ``delivery``: the state of an SMS; ``mailed``: of
    an e-mail. ``hidden``: invisible characters were removed from it.
    """

    key: str
    seq: int
    who: str
    text: str
    at: datetime
    outcome: str = ""
    entry: str = ""
    title: str = ""
    confidence: float | None = None
    alternatives: list[str] = []
    delivery: str = ""
    mailed: str = ""
    author: str = ""
    hidden: bool = False


class NoteLine(BaseModel):
    author: str
    kind: str
    text: str
    at: datetime


class HeldLine(BaseModel):
    """An answer that waits for approval: ``text`` as it would be sent, to ``question``. ``due_at``: by when a supervisor has to
    take it. ``segments`` by SMS, else 0.
    """

    id: str
    question: str
    text: str
    segments: int
    entry: str
    title: str
    url: str
    confidence: float | None
    due_at: datetime


class View(BaseModel):
    """The whole view. ``seen_seq``: the last reply that the citizen has seen. ``number``: of a call-back, for its owner only;
    ``number_shown``: formatted for people.

    ``held``: the answers that wait under this handoff. ``stopped``: the citizen sent STOP. ``form``: the citizen is filling in
    the call-back form, which the assistant continues.
    """

    handoff: ListedHandoff
    owner_name: str | None
    lines: list[Line]
    notes: list[NoteLine]
    labels: list[str]
    seen_seq: int
    held: list[HeldLine] = []
    number: str | None = None
    number_shown: str | None = None
    stopped: bool = False
    form: bool = False


async def lines_of(
    session: AsyncSession, conversation: str, render: Renderer, language: str, names: Mapping[str, str]
) -> list[Line]:
    """Returns the last messages and replies, oldest first, as the record has them (masked). ``names``: of staff, by id."""
    messages = await session.execute(
        select(Message).where(Message.conversation_id == conversation).order_by(Message.seq.desc()).limit(_MOST)
    )
    answered = [reply for reply in await latest_replies(session, conversation, limit=_MOST) if reply.blocks]
    titles = await _titles(session, {reply.entry for reply in answered if reply.entry})
    deliveries = await _deliveries(session, [reply.id for reply in answered])
    mailed = await _mailed(session, conversation)
    lines = [
        Line(
            key=f"m{message.seq}",
            seq=message.seq,
            who="citizen",
            text=message.text or "",
            at=message.received_at,
            hidden=HIDDEN in (message.masked or ()),
        )
        for message in messages.scalars()
    ]
    for reply in answered:
        fields = _line_fields(reply, titles)
        text = render(read_blocks(reply), language=language).text
        delivery = {name: states.get(reply.id, "") for name, states in (("delivery", deliveries), ("mailed", mailed))}
        fields |= delivery | {"author": names.get(reply.author, reply.author)}
        lines.append(Line(key=f"r{reply.seq}", seq=reply.seq, text=text, at=reply.created_at, **fields))
    return sorted(lines, key=lambda line: (line.at, line.key))


async def view(session: AsyncSession, listed: ListedHandoff, render: Renderer, names: Mapping[str, str]) -> View:
    """Returns the view of ``listed``."""
    return View(
        handoff=listed,
        owner_name=names.get(listed.owner or "", listed.owner),
        lines=await lines_of(session, listed.conversation, render, listed.language, names),
        notes=[
            NoteLine(author=names.get(note.author, note.author), kind=note.kind, text=note.text, at=note.created_at)
            for note in await notes_of(session, listed.conversation)
        ],
        labels=list(await labels_of(session, listed.conversation)),
        seen_seq=(await session.execute(select(Handoff.seen_seq).where(Handoff.id == listed.id))).scalar_one(),
        held=await _held_lines(session, listed, render) if listed.kind == Kind.VALIDATION else [],
        form=await fills_in_form(session, listed.conversation),
        stopped=await stop_message_of(session, listed.conversation) is not None,
    )


async def _held_lines(session: AsyncSession, listed: ListedHandoff, render: Renderer) -> list[HeldLine]:
    rows = await session.execute(
        select(HeldAnswer, Message.text)
        .join(Message, Message.id == HeldAnswer.message_id)
        .where(HeldAnswer.handoff_id == listed.id, HeldAnswer.state == "waiting")
        .order_by(HeldAnswer.seq)
    )
    lines = []
    for answer, question in rows:
        blocks = BLOCKS.validate_python(answer.blocks)
        card = next((block for block in blocks if isinstance(block, AnswerBlock)), None)
        lines.append(
            HeldLine(
                id=answer.id,
                question=question or "",
                text=answer.text or render(blocks, language=listed.language).text,
                segments=answer.segments,
                entry=answer.entry,
                title=card.title if card else "",
                url=card.source.url if card else "",
                confidence=answer.confidence,
                due_at=answer.due_at,
            )
        )
    return lines


def _line_fields(reply: Reply, titles: dict[str, str]) -> dict[str, Any]:
    blocks = read_blocks(reply)
    if reply.outcome == Outcome.HUMAN:
        has_text = any(isinstance(block, TextBlock | AnswerBlock) for block in blocks)
        return {"who": "human" if has_text else "notice", "outcome": reply.outcome}
    offered = [option.label for block in blocks if isinstance(block, ChoicesBlock) for option in block.options]
    return {
        "who": "checked" if reply.author else "bot",
        "outcome": reply.outcome,
        "entry": reply.entry,
        "title": titles.get(reply.entry, ""),
        "confidence": reply.confidence,
        "alternatives": offered,
    }


async def _titles(session: AsyncSession, entries: set[str]) -> dict[str, str]:
    if not entries:
        return {}
    rows = await session.execute(select(EntryRow.id, EntryRow.title).where(EntryRow.id.in_(entries)))
    return {row.id: row.title for row in rows}


async def _deliveries(session: AsyncSession, replies: list[str]) -> dict[str, str]:
    """Returns the state of each reply's last part, by reply."""
    rows = await session.execute(
        select(Delivery.reply_id, Delivery.status).where(Delivery.reply_id.in_(replies)).order_by(Delivery.part)
    )
    return {row.reply_id: row.status for row in rows}


async def _mailed(session: AsyncSession, conversation: str) -> dict[str, str]:
    """Returns the state of each reply's e-mail, by reply; ``failed``: the address was refused; ``unsent``: it did not leave."""
    rows = await session.execute(select(Mail.about, Mail.ended_at, Mail.error).where(Mail.conversation_id == conversation))
    return {row.about[0]: _mail_state(row.error) if row.ended_at else "queued" for row in rows}


def _mail_state(error: str) -> str:
    if not error:
        return "sent"
    return "failed" if error.startswith("refused ") else "unsent"
