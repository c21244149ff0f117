"""The steps of an entry towards its citizens: submitted, approved, scheduled, published, archived; one or many at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models.entries import EntryRow, Step
from knowledge_base.editing.errors import Code, EditRefused
from knowledge_base.editing.record import at_head, content, note, open_conflict, revision, show

STAGES = ("draft", "in_review", "approved", "scheduled")


class Target(NamedTuple):
    """An entry, and the head that whoever decides has seen (``None``: whatever it is)."""

    collection: str
    id: str
    head: int | None = None


@dataclass(frozen=True)
class Policy:
    """``two_persons``: whoever wrote a revision may not publish it."""

    two_persons: bool = False


@dataclass(frozen=True)
class Decided:
    """What became of one of many: ``code`` says why nothing did, and is empty where it was done."""

    target: Target
    code: Code | None = None


type _Act = Callable[[AsyncSession, EntryRow], Awaitable[None]]


async def submit(database: Database, targets: Sequence[Target], *, author: str, reason: str = "") -> list[Decided]:
    """Ask for a review of drafts. Refused: missing, moved_on, wrong_stage."""
    move = _moving("submitted", ("draft",), "in_review", author, reason)
    return await _each(database, targets, move, "submitted", author)


async def send_back(database: Database, targets: Sequence[Target], *, author: str, reason: str) -> list[Decided]:
    """Return what was submitted, approved or scheduled to its author. Refused: missing, moved_on, wrong_stage."""
    return await _each(database, targets, _moving("returned", STAGES[1:], "draft", author, reason), "returned", author)


async def approve(
    database: Database, targets: Sequence[Target], *, author: str, reason: str = "", policy: Policy
) -> list[Decided]:
    """Find what was submitted good. Refused: missing, moved_on, wrong_stage, own_revision."""
    move = _moving("approved", ("in_review",), "approved", author, reason)

    async def act(session: AsyncSession, row: EntryRow) -> None:
        await _check_author(session, row, author, policy)
        await move(session, row)

    return await _each(database, targets, act, "approved", author)


async def schedule(
    database: Database, targets: Sequence[Target], *, at: datetime, author: str, reason: str = "", policy: Policy
) -> list[Decided]:
    """Publish at a later time. Refused as ``publish`` is, and where ``at`` is past."""
    if at <= now():
        return [Decided(target, "past") for target in targets]
    move = _moving("scheduled", STAGES, "scheduled", author, reason)

    async def act(session: AsyncSession, row: EntryRow) -> None:
        await _check_publishable(session, row, author, policy)
        await move(session, row)
        row.publish_at = at

    return await _each(database, targets, act, "scheduled", author)


async def publish(
    database: Database, targets: Sequence[Target], *, author: str, reason: str = "", policy: Policy
) -> list[Decided]:
    """Give citizens the head of each entry, or again what is withdrawn or archived.

    Refused: missing, moved_on, wrong_stage (it is published already), own_revision, open_conflict.
    An index is built by whoever called: until then citizens get what the active snapshot holds.
    """

    async def act(session: AsyncSession, row: EntryRow) -> None:
        await _check_publishable(session, row, author, policy)
        await _publish(session, row, author=author, reason=reason)

    return await _each(database, targets, act, "published", author)


async def due(database: Database, at: datetime) -> list[Target]:
    """What is scheduled for ``at`` or before."""
    query = select(EntryRow.collection, EntryRow.id, EntryRow.head).where(
        EntryRow.stage == "scheduled", EntryRow.publish_at <= at
    )
    async with database.read() as session:
        return [Target(*row) for row in await session.execute(query)]


async def publish_due(database: Database, at: datetime) -> list[Target]:
    """Publish what is scheduled for ``at`` or before, in the name of whoever scheduled it. Returns what was published."""

    async def act(session: AsyncSession, row: EntryRow) -> None:
        if row.stage != "scheduled" or row.publish_at is None or row.publish_at > at:
            raise EditRefused("moved_on")
        if await open_conflict(session, row) is not None:
            raise EditRefused("open_conflict")
        await _publish(session, row, author=await _scheduler(session, row), reason="")

    return [
        decided.target
        for decided in await _each(database, await due(database, at), act, "published", "schedule")
        if decided.code is None
    ]


async def refusals(database: Database, targets: Sequence[Target], *, author: str, policy: Policy) -> list[Decided]:
    """What ``publish`` would say to each, without doing it: for whoever first checks what a publication changes."""
    found: list[Decided] = []
    for target in targets:
        try:
            async with database.read() as session:
                row = await session.get(EntryRow, (target.collection, target.id))
                if row is None:
                    raise EditRefused("missing")
                if target.head is not None and row.head != target.head:
                    raise EditRefused("moved_on")
                await _check_publishable(session, row, author, policy)
            found.append(Decided(target))
        except EditRefused as refused:
            found.append(Decided(target, refused.code))
    return found


async def on_published(
    session: AsyncSession, changes: Sequence[tuple[str, str, int | None]], author: str, reason: str = ""
) -> None:
    """Move the editors' side along where somebody else has set what citizens get: (collection, id, revision, or ``None`` where
    the entry was taken away). A newer revision than the published one stays, as a draft."""
    for collection, page, version in changes:
        row = await at_head(session, collection, page, None)
        row.publish_at = None
        if version is None:
            row.stage = "draft" if row.stage == "scheduled" else row.stage
        else:
            row.stage = "" if row.head == version else "draft"
        note(session, row, "archived" if version is None else "published", author=author, reason=reason, version=version)


async def archive(database: Database, targets: Sequence[Target], *, author: str, reason: str = "") -> list[Decided]:
    """Take entries away from citizens for good; drafts and revisions stay. Refused: missing, moved_on, wrong_stage."""

    async def act(session: AsyncSession, row: EntryRow) -> None:
        if row.status == "archived":
            raise EditRefused("wrong_stage")
        row.status, row.publish_at = "archived", None
        if row.stage == "scheduled":
            row.stage = "draft"
        note(session, row, "archived", author=author, reason=reason, version=row.version)

    return await _each(database, targets, act, "archived", author)


async def discard(database: Database, targets: Sequence[Target], *, author: str, reason: str = "") -> list[Decided]:
    """Go back to what is published: the draft's revisions stay, but nobody works on from them. Refused: missing, moved_on,
    wrong_stage (nothing was ever published)."""

    async def act(session: AsyncSession, row: EntryRow) -> None:
        if not row.stage or row.status == "draft":
            raise EditRefused("wrong_stage")
        note(session, row, "discarded", author=author, reason=reason)
        row.head, row.stage, row.publish_at = row.version, "", None

    return await _each(database, targets, act, "discarded", author)


async def _each(database: Database, targets: Sequence[Target], act: _Act, action: str, author: str) -> list[Decided]:
    """``act`` on each in a transaction of its own: one that is refused does not hold up the others."""
    found: list[Decided] = []
    for target in targets:
        try:
            async with database.write() as session:
                row = await at_head(session, *target)
                await act(session, row)
                row.updated_at = now()
                await session.flush()
                await record(session, actor=author, action=f"entry.{action}", target=f"entry:{row.collection}/{row.id}")
            found.append(Decided(target))
        except EditRefused as refused:
            found.append(Decided(target, refused.code))
    return found


def _moving(action: str, stages: Sequence[str], stage: str, author: str, reason: str) -> _Act:
    async def act(session: AsyncSession, row: EntryRow) -> None:
        if row.stage not in stages:
            raise EditRefused("wrong_stage")
        row.stage, row.publish_at = stage, None
        note(session, row, action, author=author, reason=reason)

    return act


async def _check_publishable(session: AsyncSession, row: EntryRow, author: str, policy: Policy) -> None:
    if not row.stage and row.status == "published":
        raise EditRefused("wrong_stage")
    if await open_conflict(session, row) is not None:
        raise EditRefused("open_conflict")
    await _check_author(session, row, author, policy)


async def _check_author(session: AsyncSession, row: EntryRow, author: str, policy: Policy) -> None:
    if policy.two_persons and row.stage and (await revision(session, row.collection, row.id, row.head)).author == author:
        raise EditRefused("own_revision")


async def _publish(session: AsyncSession, row: EntryRow, *, author: str, reason: str) -> None:
    show(row, content(await revision(session, row.collection, row.id, row.head)))
    row.status, row.stage, row.publish_at = "published", "", None
    note(session, row, "published", author=author, reason=reason)


async def _scheduler(session: AsyncSession, row: EntryRow) -> str:
    query = (
        select(Step.author)
        .where(Step.collection == row.collection, Step.entry_id == row.id, Step.action == "scheduled")
        .order_by(Step.seq.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one()
