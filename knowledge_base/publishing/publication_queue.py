"""Publications are carried out one at a time, by any node. If a node dies, another takes over."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record as audit
from core.database import Database
from core.database.advisory import advisory_lock
from core.database.base import now
from core.database.models import Publication
from knowledge_base.editing.steps import on_published
from knowledge_base.publishing.apply import apply_changes, refuse_disputed
from knowledge_base.publishing.contracts import Change, Judgement, State

LEASE = timedelta(seconds=60)
_LOCK = 7_283_116_591  # PostgreSQL lock; another number than that of the migrations


class ClaimLost(Exception):
    """The publication was dropped, or another node has taken it over. The work is discarded."""


async def claim_next(database: Database, owner: str) -> Publication | None:
    """Claims the next publication, approved ones first; ``None`` if none waits, or another node is working."""
    present = now()
    async with database.read() as session:  # usually nothing waits; this avoids a write lock
        waiting = (
            select(Publication.id).where(Publication.state.in_((State.REQUESTED, State.BUILDING, State.APPROVED))).limit(1)
        )
        if await session.scalar(waiting) is None:
            return None
    async with database.write() as session:
        await advisory_lock(session, _LOCK)
        claimed = select(Publication.id).where(Publication.owner != "", Publication.expires_at > present).limit(1)
        if await session.scalar(claimed) is not None:
            return None
        row = await session.scalar(
            select(Publication)
            .where(Publication.state.in_((State.REQUESTED, State.BUILDING, State.APPROVED)))
            .order_by((Publication.state != State.APPROVED), Publication.seq)
            .limit(1)
        )
        if row is None:
            return None
        if row.state != State.APPROVED:
            row.state = State.BUILDING
        row.owner, row.expires_at, row.error = owner, present + LEASE, ""
        return row


async def report_progress(database: Database, name: str, owner: str, step: str, done: int, total: int) -> None:
    """Records the progress, and prolongs the claim. Raises ``ClaimLost``."""
    async with database.write() as session:
        await _update_claimed(session, name, owner, step=step, done=done, total=total, expires_at=now() + LEASE)


async def record_verdict(database: Database, name: str, owner: str, judged: Judgement) -> None:
    """Records the gate's verdict: the publication waits for a decision. Raises ``ClaimLost``."""
    async with database.write() as session:
        await _update_claimed(
            session,
            name,
            owner,
            state=State.CHECKED,
            candidate=judged.candidate,
            base=judged.base,
            content=judged.content,
            verdict=judged.report.verdict,
            report=judged.report.model_dump(mode="json"),
            owner="",
            expires_at=None,
        )


async def record_activation(database: Database, name: str, owner: str, judged: Judgement | None = None) -> int:
    """Publishes in the database. This transaction is the moment of publication; nodes follow.

    Returns its number among activations. ``judged`` replaces the stored judgement; the report of a rollback says what it undoes
    and stays. Raises ``ClaimLost`` and ``CannotPublish``; nothing has changed then.
    """
    async with database.write() as session:
        await advisory_lock(session, _LOCK)
        row = await session.scalar(
            select(Publication).where(Publication.id == name, Publication.owner == owner).with_for_update()
        )
        if row is None or row.state not in (State.BUILDING, State.APPROVED):
            raise ClaimLost(name)
        changes = [Change.model_validate(change) for change in row.changes]
        if row.kind == "publish":
            await refuse_disputed(session, changes)
        await apply_changes(session, changes)
        moved = [(change.collection, change.entry_id, change.version) for change in changes]
        await on_published(session, moved, row.decided_by or row.author, row.reason)
        row.applied = int(await session.scalar(select(func.coalesce(func.max(Publication.applied), 0))) or 0) + 1
        if judged is not None:
            row.candidate, row.base, row.content = judged.candidate, judged.base or row.base, judged.content
            if row.kind == "publish":
                row.report, row.verdict = judged.report.model_dump(mode="json"), judged.report.verdict
        row.state, row.owner, row.expires_at, row.finished_at = State.ACTIVE, "", None, now()
        await session.flush()
        await audit(
            session,
            actor=row.decided_by or row.author,
            action="publication.activated",
            target=f"publication:{name}",
            details={"snapshot": row.candidate, "before": row.base, "verdict": row.verdict, "kind": row.kind},
        )
        return row.applied


async def record_failure(database: Database, name: str, owner: str, why: str) -> None:
    """Records a failure; the published content has not changed. Does nothing if the claim is lost."""
    async with database.write() as session:
        await session.execute(
            update(Publication)
            .where(Publication.id == name, Publication.owner == owner)
            .values(state=State.FAILED, error=why, owner="", expires_at=None, finished_at=now())
        )


async def newest_activation(database: Database) -> Publication | None:
    """Returns the last activation, which every node must follow."""
    async with database.read() as session:
        row: Publication | None = await session.scalar(
            select(Publication).where(Publication.applied.is_not(None)).order_by(Publication.applied.desc()).limit(1)
        )
        return row


async def waiting_candidates(database: Database) -> set[str]:
    """Returns the candidates that still wait for a decision."""
    query = select(Publication.candidate).where(
        Publication.state.in_((State.CHECKED, State.APPROVED, State.REQUESTED, State.BUILDING)), Publication.candidate != ""
    )
    async with database.read() as session:
        return set(await session.scalars(query))


async def _update_claimed(session: AsyncSession, name: str, holder: str, **values: object) -> None:
    found = await session.execute(
        update(Publication)
        .where(Publication.id == name, Publication.owner == holder, Publication.state.in_((State.BUILDING, State.APPROVED)))
        .values(**values)
        .returning(Publication.id)
        .execution_options(synchronize_session=False)
    )
    if found.scalar_one_or_none() is None:
        raise ClaimLost(name)
