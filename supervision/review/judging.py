"""Judging the items of a sample, without seeing other verdicts; and the consequences of a verdict."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.events import read_blocks
from conversations.ports import Renderer
from core.audit import record
from core.database import Database
from core.database.conflict import insert_if_absent
from core.database.models import Conversation, EditorTask, EntryRow, Message, Reply, ReviewItem, Verdict
from core.identity import Staff
from core.identity.conversation_access import Access, accesses
from core.privacy.masking import mask
from core.text.analysis import analyse
from supervision.review.agreement import Agreement, agreement

REVIEWERS = 2  # for each item, so that their agreement can be measured


class Opinion(StrEnum):
    """A reviewer's possible verdicts on a reply."""

    RIGHT = "right"
    WRONG_ENTRY = "wrong_entry"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    BADLY_WORDED = "badly_worded"
    HAND_OFF = "hand_off"  # should have gone to a human


# The kind of task that a verdict gives to editors.
TASKS = {
    Opinion.INCOMPLETE: "incomplete",
    Opinion.OUTDATED: "outdated",
    Opinion.BADLY_WORDED: "badly_worded",
    Opinion.WRONG_ENTRY: "wording",  # the right entry lacks the citizen's words
}


class Refused(Exception):
    """The verdict cannot be kept; nothing changed. ``reason``: ``unknown``, ``judged``, ``no_entry``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ReviewItemView:
    """An item as a reviewer sees it: the question (masked), the reply as text and its source, without other verdicts."""

    item: int
    conversation: str
    day: date
    channel: str
    language: str
    question: str
    reply: str
    outcome: str
    entry: str
    title: str
    confidence: float | None


# Keeps a golden question: (question, language, channel, right entries, author).
type KeepGolden = Callable[[str, str, str, tuple[str, ...], str], Awaitable[None]]


async def next_item(database: Database, reviewer: Staff, text: Renderer) -> tuple[ReviewItemView | None, int]:
    """Returns the oldest item left for ``reviewer`` (visible to them, not judged by them, judged by fewer than ``REVIEWERS``),
    and the number of such items.

    ``None``: there is none left.
    """
    judged_by_reviewer = select(Verdict.item).where(Verdict.reviewer == reviewer.id)
    judged_enough = select(Verdict.item).group_by(Verdict.item).having(func.count() >= REVIEWERS)
    waiting = (
        select(ReviewItem.seq, Reply.conversation_id)
        .join(Reply, Reply.id == ReviewItem.reply_id)
        .where(ReviewItem.seq.not_in(judged_by_reviewer), ReviewItem.seq.not_in(judged_enough))
        .order_by(ReviewItem.seq)
    )
    async with database.read() as session:
        rows = (await session.execute(waiting)).all()
        access_by_conversation = await accesses(session, reviewer, {row.conversation_id for row in rows})
        visible = [row.seq for row in rows if access_by_conversation[row.conversation_id] is Access.OPEN]
        return (await _read_item(session, visible[0], text) if visible else None), len(visible)


async def conversation_of(database: Database, item: int) -> str | None:
    """Returns the id of the conversation of ``item``; ``None`` if it was erased."""
    query = select(Reply.conversation_id).join(ReviewItem, ReviewItem.reply_id == Reply.id).where(ReviewItem.seq == item)
    async with database.read() as session:
        conversation: str | None = await session.scalar(query)
        return conversation


async def get_item(database: Database, item: int, text: Renderer) -> ReviewItemView | None:
    """Returns the item again, after a verdict that could not be kept; ``None`` if it was erased."""
    async with database.read() as session:
        existing = await session.get(ReviewItem, item)
        return None if existing is None else await _read_item(session, item, text)


async def _read_item(session: AsyncSession, item: int, text: Renderer) -> ReviewItemView:
    query = select(ReviewItem.day, Reply, Message.text, Conversation.channel, Conversation.language)
    rows = await session.execute(_about_item(query, item))
    day, reply, question, channel, language = rows.one()
    title = await session.execute(select(EntryRow.title).where(EntryRow.id == reply.entry).limit(1))
    return ReviewItemView(
        item=item,
        conversation=reply.conversation_id,
        day=day,
        channel=channel,
        language=language,
        question=question or "",
        reply=text(read_blocks(reply), language=language).text,
        outcome=reply.outcome,
        entry=reply.entry,
        title=title.scalar_one_or_none() or "",
        confidence=reply.confidence,
    )


def _about_item[*Columns](query: Select[*Columns], item: int) -> Select[*Columns]:
    """Returns ``query`` for the reply of ``item``, the message before it and their conversation."""
    return (
        query.select_from(ReviewItem)
        .join(Reply, Reply.id == ReviewItem.reply_id)
        .join(Message, Message.id == Reply.in_reply_to)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(ReviewItem.seq == item)
    )


async def judge(
    database: Database,
    item: int,
    reviewer: str,
    opinion: Opinion,
    *,
    entry: str = "",
    note: str = "",
    golden: KeepGolden | None = None,
) -> None:
    """Keeps a verdict and its consequences: a task for editors, and a golden question if ``golden`` is given.

    ``entry``: the right one, if another was shown. Raises ``Refused``.
    """
    note = (await analyse(mask, note)).text  # a task outlives the conversation
    async with database.write() as session:
        query = select(Reply.id, Reply.entry, Message.text, Conversation.channel, Conversation.language)
        judged = (await session.execute(_about_item(query, item))).one_or_none()
        if judged is None:
            raise Refused("unknown")
        right = entry if opinion is Opinion.WRONG_ENTRY else judged.entry
        known = select(EntryRow.id).where(EntryRow.id == entry).limit(1)
        if opinion is Opinion.WRONG_ENTRY and (await session.execute(known)).scalar_one_or_none() is None:
            raise Refused("no_entry")
        if not await insert_if_absent(session, Verdict, item=item, reviewer=reviewer, verdict=opinion, entry=entry, note=note):
            raise Refused("judged")
        if opinion in TASKS:
            await _add_task(session, judged.id, TASKS[opinion], right, note, reviewer)
        await record(session, actor=reviewer, action="review.judged", target=f"reply:{judged.id}", details={"verdict": opinion})
    if golden is not None and judged.text and (right or opinion is Opinion.RIGHT):
        await golden(judged.text, judged.language, judged.channel, (right,) if right else (), reviewer)


async def _add_task(session: AsyncSession, reply: str, kind: str, entry: str, note: str, who: str) -> None:
    """Adds a task, unless there is one already: equal verdicts of two reviewers give one task."""
    existing = select(EditorTask.seq).where(EditorTask.reply_id == reply, EditorTask.kind == kind, EditorTask.entry == entry)
    if (await session.execute(existing.limit(1))).first() is None:
        session.add(EditorTask(kind=kind, entry=entry, reply_id=reply, note=note, created_by=who))
        await session.flush()


async def measure_agreement(database: Database) -> Agreement:
    """Returns the agreement over all items judged by two people; the earlier one is the first judge."""
    verdicts: dict[int, list[str]] = defaultdict(list)
    async with database.read() as session:
        rows = await session.execute(select(Verdict.item, Verdict.verdict).order_by(Verdict.created_at, Verdict.reviewer))
        for item, verdict in rows:
            verdicts[item].append(verdict)
    return agreement([(pair[0], pair[1]) for pair in verdicts.values() if len(pair) > 1])
