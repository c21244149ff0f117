"""Withdrawal of a reviewer's last verdict, so that a wrong click is corrected before it reaches an editor."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.models import EditorTask, Message, Reply, ReviewItem, Verdict
from core.identity import Staff
from core.identity.conversation_access import Access, accesses
from supervision.review.judging import TASKS, Opinion


@dataclass(frozen=True, slots=True)
class LastVerdict:
    """A verdict and what it is about; ``question`` is masked."""

    item: int
    opinion: str
    question: str


async def last_verdict(database: Database, reviewer: Staff) -> LastVerdict | None:
    """Returns the last verdict of ``reviewer`` whose reply exists and is visible to them; ``None`` if there is none."""
    query = (
        select(Verdict.item, Verdict.verdict, Message.text, Reply.conversation_id)
        .join(ReviewItem, ReviewItem.seq == Verdict.item)
        .join(Reply, Reply.id == ReviewItem.reply_id)
        .join(Message, Message.id == Reply.in_reply_to)
        .where(Verdict.reviewer == reviewer.id)
        .order_by(Verdict.created_at.desc(), Verdict.item.desc())
        .limit(1)
    )
    async with database.read() as session:
        row = (await session.execute(query)).one_or_none()
        if row is None:
            return None
        access = (await accesses(session, reviewer, [row.conversation_id]))[row.conversation_id]
    return LastVerdict(row.item, row.verdict, row.text or "") if access is Access.OPEN else None


async def withdraw(database: Database, item: int, reviewer: str) -> bool:
    """Withdraws the verdict on ``item``, with the task that it alone gave to editors. Returns false if there is none.

    A golden question, or a correction that was sent, stays: others may rely on it.
    """
    async with database.write() as session:
        deleted = await session.execute(
            delete(Verdict).where(Verdict.item == item, Verdict.reviewer == reviewer).returning(Verdict.verdict)
        )
        opinion = deleted.scalar_one_or_none()
        if opinion is None:
            return False
        reply = (await session.execute(select(ReviewItem.reply_id).where(ReviewItem.seq == item))).scalar_one()
        if opinion in TASKS and not await _given_by_another(session, item, opinion):
            await session.execute(
                delete(EditorTask).where(
                    EditorTask.reply_id == reply,
                    EditorTask.kind == TASKS[Opinion(opinion)],
                    EditorTask.created_by == reviewer,
                    EditorTask.closed_at.is_(None),
                )
            )
        await record(session, actor=reviewer, action="review.withdrawn", target=f"reply:{reply}", details={"verdict": opinion})
    return True


async def _given_by_another(session: AsyncSession, item: int, opinion: str) -> bool:
    """Decides whether another reviewer gave the same verdict, perhaps naming the same page: one task then serves both."""
    others = select(func.count()).where(Verdict.item == item, Verdict.verdict == opinion)
    return bool((await session.execute(others)).scalar_one())
