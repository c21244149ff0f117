"""Reads the audit: lists rows, and checks the whole chain."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.chain import GENESIS, Break, BrokenLink, ChainCheck, Link
from core.audit.heads import Head, Signer
from core.audit.retention import checkpoint_before
from core.database import Database
from core.database.models import AuditHead, AuditRow

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a check: the last row checked, and the first break (``None``: there is none).

    ``deleted``: the last row that was deleted for its age.
    """

    rows: int
    broken: BrokenLink | None
    heads: int = 0
    deleted: int = 0


async def newest(
    database: Database, *, limit: int, actor: str = "", action: str = "", target: str = "", before: int = 0
) -> Sequence[Link]:
    """Returns the newest rows first.

    ``action`` and ``target`` may be prefixes. ``before``: a row's number, for paging.
    """
    statement = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
    if actor:
        statement = statement.where(AuditRow.actor == actor)
    if action:
        statement = statement.where(AuditRow.action.startswith(action, autoescape=True))
    if target:
        statement = statement.where(AuditRow.target.startswith(target, autoescape=True))
    if before:
        statement = statement.where(AuditRow.seq < before)
    async with database.read() as session:
        return [link_of(row) for row in (await session.execute(statement)).scalars()]


async def current_head(session: AsyncSession) -> tuple[int, str]:
    """Returns number and digest of the last row (0 and zeros if there is none yet)."""
    row = (await session.execute(select(AuditHead.seq, AuditHead.digest).where(AuditHead.id == 1))).one()
    return row.seq, row.digest


async def verify(database: Database, heads: Sequence[Head] = (), signer: Signer | None = None) -> Verified:
    """Checks the chain from its first row to its head, and against each of ``heads`` (exported, signed by ``signer``).

    Where old rows were deleted it begins at a checkpoint, which must itself be in the chain, and among the heads if any was
    exported before it.
    """
    for head in heads:
        if signer is None or not signer.has_signed(head):
            return Verified(0, BrokenLink(head.seq, Break.FORGED))
    wanted = {head.seq: head.digest for head in heads if head.seq}
    walk = ChainCheck()
    async with database.read() as session:
        deleted, walk.digest, broken = await _beginning(session, wanted)
        walk.seq = deleted
        if broken is not None:
            return Verified(deleted, broken)
        async for rows in _batches(session):
            broken = walk.follow(rows)
            rewritten = (row.seq for row in rows if row.seq <= walk.seq and wanted.get(row.seq, row.digest) != row.digest)
            other = next(rewritten, None)
            if other is not None:
                broken = BrokenLink(other, Break.REWRITTEN)
            if broken is not None:
                return Verified(broken.seq - 1, broken)
        seq, digest = await current_head(session)
    if max([seq, *wanted]) > walk.seq:
        return Verified(walk.seq, BrokenLink(walk.seq + 1, Break.TRUNCATED))
    if (seq, digest) != (walk.seq, walk.digest):
        return Verified(walk.seq, BrokenLink(walk.seq, Break.UNCHAINED))
    return Verified(walk.seq, None, len(heads), deleted)


async def _beginning(session: AsyncSession, wanted: Mapping[int, str]) -> tuple[int, str, BrokenLink | None]:
    """Returns number and digest of the last row that was deleted for its age, and what is wrong with its checkpoint."""
    first = await session.scalar(select(func.min(AuditRow.seq))) or 1
    checkpoint = await checkpoint_before(session, first) if first > 1 else (0, GENESIS)
    if checkpoint is None:
        return 0, GENESIS, BrokenLink(1, Break.MISSING)
    last, (made, digest) = first - 1, checkpoint
    announced = last in wanted or any(0 < seq < made for seq in wanted)
    broken = announced and last > 0 and wanted.get(last) != digest
    return last, digest, BrokenLink(last, Break.PRUNED) if broken else None


async def _batches(session: AsyncSession) -> AsyncIterator[Sequence[Link]]:
    last = 0
    while True:
        found = await session.execute(select(AuditRow).where(AuditRow.seq > last).order_by(AuditRow.seq).limit(_BATCH))
        rows = [link_of(row) for row in found.scalars()]
        if not rows:
            return
        yield rows
        last = rows[-1].seq
        session.expunge_all()


def link_of(row: AuditRow) -> Link:
    """Returns ``row`` without its database session."""
    return Link(row.seq, row.at, row.actor, row.action, row.target, row.details, row.previous, row.digest)
