"""The steps of an entry towards publication: submitted, approved, scheduled, published, archived; one or many at once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models.entries import EntryRow, Revision
from knowledge_base.editing.errors import Code, EditRefused
from knowledge_base.editing.rows import at_head, open_conflict, record_step, revision

STAGES = ("draft", "in_review", "approved", "scheduled")


class Target(NamedTuple):
    """An entry, and the head that the deciding person has seen (``None``: any head)."""

    collection: str
    id: str
    head: int | None = None


@dataclass(frozen=True)
class Policy:
    """The rules. ``two_persons``: the author of a revision may not publish it."""

    two_persons: bool = False


@dataclass(frozen=True)
class StepResult:
    """The result for one of many entries. ``code`` is the reason of a refusal, and empty on success."""

    target: Target
    code: Code | None = None


type _Act = Callable[[AsyncSession, EntryRow], Awaitable[None]]


async def submit(database: Database, targets: Sequence[Target], *, author: str, reason: str = "") -> list[StepResult]:
    """Submits drafts for review. Refused: missing, moved_on, wrong_stage."""
    move = _moving("submitted", ("draft",), "in_review", author, reason)
    return await _each(database, targets, move, "submitted", author)


async def send_back(database: Database, targets: Sequence[Target], *, author: str, reason: str) -> list[StepResult]:
    """Returns submitted, approved or scheduled entries to their authors. Refused: missing, moved_on, wrong_stage."""
    return await _each(database, targets, _moving("returned", STAGES[1:], "draft", author, reason), "returned", author)


async def approve(
    database: Database, targets: Sequence[Target], *, author: str, reason: str = "", policy: Policy
) -> list[StepResult]:
    """Approves submitted entries. Refused: missing, moved_on, wrong_stage, own_revision."""
    move = _moving("approved", ("in_review",), "approved", author, reason)

    async def act(session: AsyncSession, row: EntryRow) -> None:
        await _check_author(session, row, author, policy)
        await move(session, row)

    return await _each(database, targets, act, "approved", author)


async def schedule(
    database: Database, targets: Sequence[Target], *, at: datetime, author: str, reason: str = "", policy: Policy
) -> list[StepResult]:
    """Schedules the publication for ``at``. Refused: as by ``refusals``, or if ``at`` is past."""
    if at <= now():
        return [StepResult(target, "past") for target in targets]
    move = _moving("scheduled", STAGES, "scheduled", author, reason)

    async def act(session: AsyncSession, row: EntryRow) -> None:
        await _check_publishable(session, row, author, policy)
        await move(session, row)
        row.publish_at = at

    return await _each(database, targets, act, "scheduled", author)


async def due(database: Database, at: datetime) -> list[Target]:
    """Returns the entries scheduled for ``at`` or before."""
    query = select(EntryRow.collection, EntryRow.id, EntryRow.head).where(
        EntryRow.stage == "scheduled", EntryRow.publish_at <= at
    )
    async with database.read() as session:
        return [Target(*row) for row in await session.execute(query)]


async def refusals(database: Database, targets: Sequence[Target], *, author: str, policy: Policy) -> list[StepResult]:
    """Returns why the head of each may not be published by ``author``: missing, moved_on, wrong_stage (it is published
    already), own_revision, open_conflict. Publishes nothing: a publication does that, behind the gate.
    """
    found: list[StepResult] = []
    for target in targets:
        try:
            async with database.read() as session:
                row = await session.get(EntryRow, (target.collection, target.id))
                if row is None:
                    raise EditRefused("missing")
                if target.head is not None and row.head != target.head:
                    raise EditRefused("moved_on")
                await _check_publishable(session, row, author, policy)
            found.append(StepResult(target))
        except EditRefused as refused:
            found.append(StepResult(target, refused.code))
    return found


async def publication_refusals(
    database: Database, revisions: Sequence[tuple[str, str, int]], *, author: str, policy: Policy
) -> list[Code | None]:
    """Returns why ``author`` may not publish each of these revisions (collection, id, number): own_revision, open_conflict.

    Checked when a publication is requested, and again at the decision, which another person may take.
    """
    found: list[Code | None] = []
    async with database.read() as session:
        for collection, page, version in revisions:
            row = await session.get(EntryRow, (collection, page))
            if row is None:
                found.append(None)  # the publication reports this itself
            elif row.status != "draft" and row.version == version:  # the published revision was published by someone before
                found.append(None)
            elif await open_conflict(session, row) is not None:
                found.append("open_conflict")
            else:
                saved = await session.get(Revision, (collection, page, version))
                own = policy.two_persons and saved is not None and saved.author == author
                found.append("own_revision" if own else None)
    return found


async def on_published(
    session: AsyncSession, changes: Sequence[tuple[str, str, int | None]], author: str, reason: str = ""
) -> None:
    """Updates the editors' state after a publication: (collection, id, revision, or ``None`` if the entry was withdrawn). A
    revision newer than the published one stays as a draft.
    """
    for collection, page, version in changes:
        row = await at_head(session, collection, page, None)
        row.publish_at = None
        if version is None:
            row.stage = "draft" if row.stage == "scheduled" else row.stage
        else:
            row.stage = "" if row.head == version else "draft"
        record_step(session, row, "archived" if version is None else "published", author=author, reason=reason, version=version)


async def archive(database: Database, targets: Sequence[Target], *, author: str, reason: str = "") -> list[StepResult]:
    """Archives entries that citizens do not get; their revisions stay. Refused: missing, moved_on, wrong_stage (archived
    already, or published: a publication withdraws those, behind the gate).
    """

    async def act(session: AsyncSession, row: EntryRow) -> None:
        if row.status in ("archived", "published"):
            raise EditRefused("wrong_stage")
        row.status, row.publish_at = "archived", None
        if row.stage == "scheduled":
            row.stage = "draft"
        record_step(session, row, "archived", author=author, reason=reason, version=row.version)

    return await _each(database, targets, act, "archived", author)


async def discard(database: Database, targets: Sequence[Target], *, author: str, reason: str = "") -> list[StepResult]:
    """Returns to the published revision: the draft's revisions stay, but are not continued. Refused: missing, moved_on,
    wrong_stage (nothing was ever published).
    """

    async def act(session: AsyncSession, row: EntryRow) -> None:
        if not row.stage or row.status == "draft":
            raise EditRefused("wrong_stage")
        record_step(session, row, "discarded", author=author, reason=reason)
        row.head, row.stage, row.publish_at = row.version, "", None

    return await _each(database, targets, act, "discarded", author)


async def _each(database: Database, targets: Sequence[Target], act: _Act, action: str, author: str) -> list[StepResult]:
    """Calls ``act`` on each in a transaction of its own: a refused one does not block the others."""
    found: list[StepResult] = []
    for target in targets:
        try:
            async with database.write() as session:
                row = await at_head(session, *target)
                await act(session, row)
                row.updated_at = now()
                await session.flush()
                await record(session, actor=author, action=f"entry.{action}", target=f"entry:{row.collection}/{row.id}")
            found.append(StepResult(target))
        except EditRefused as refused:
            found.append(StepResult(target, refused.code))
    return found


def _moving(action: str, stages: Sequence[str], stage: str, author: str, reason: str) -> _Act:
    async def act(session: AsyncSession, row: EntryRow) -> None:
        if row.stage not in stages:
            raise EditRefused("wrong_stage")
        row.stage, row.publish_at = stage, None
        record_step(session, row, action, author=author, reason=reason)

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
