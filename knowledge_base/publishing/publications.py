"""Publications in the database: requested, followed and decided at the desk."""

import secrets
from collections.abc import Sequence

from pydantic import JsonValue
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record as audit
from core.database import Database
from core.database.base import now
from core.database.models import PageSource, Publication
from knowledge_base.errors import ImportRefused
from knowledge_base.publishing.apply import complete, restore_published
from knowledge_base.publishing.contracts import Change, PublicationView, Report, State

_LOOKED_AT = 200  # publications searched for the last one in force
_UNDECIDED = (State.REQUESTED, State.BUILDING, State.CHECKED)


class NothingToUndo(ImportRefused):
    """There is no publication to undo."""

    def __init__(self) -> None:
        super().__init__("Il n'y a aucune publication à annuler.", "There is no publication to undo.")


class Overtaken(ImportRefused):
    """The publication to undo is no longer the last one."""

    def __init__(self) -> None:
        super().__init__(
            "Une autre publication est venue depuis : rien n'est annulé.", "Another publication came since: nothing is undone."
        )


class NotAwaitingDecision(ImportRefused):
    """The decision was taken already, or it is too early or too late."""

    def __init__(self, state: str) -> None:
        super().__init__(
            f"Cette publication n'attend pas de décision (état : {state}).",
            f"This publication does not wait for a decision (state: {state}).",
        )


async def request(
    database: Database,
    changes: Sequence[Change] = (),
    *,
    author: str,
    reason: str = "",
    go_at_once: bool = False,
    collections: Sequence[str] = (),
) -> str:
    """Requests a publication of ``changes``; without changes, of all imported changes (into ``collections``, if any are given)
    that citizens do not get yet. Returns its id.

    ``go_at_once``: it is activated without a decision, unless something gets worse. Raises ``CannotPublish``.
    """
    async with database.write() as session:
        return await request_in(session, changes, author=author, reason=reason, go_at_once=go_at_once, collections=collections)


async def request_in(
    session: AsyncSession,
    changes: Sequence[Change],
    *,
    author: str,
    reason: str = "",
    go_at_once: bool = False,
    collections: Sequence[str] = (),
) -> str:
    """Does the same as ``request``, as the last step of the caller's transaction."""
    row = _new("publish", await complete(session, changes, collections), author, reason, go_at_once)
    session.add(row)
    await session.flush()
    await audit(
        session, actor=author, action="publication.requested", target=f"publication:{row.id}", details=_audit_details(row)
    )
    return row.id


async def request_of_source(session: AsyncSession, source: PageSource) -> str:
    """Requests the publication of what the reading of ``source`` has changed, as the last step of the transaction.

    An earlier one of this source that still waits is dropped: this one holds its changes, too.
    """
    reason = f"{source.place[:400]} ({source.collection})"
    older = (Publication.author == "sources") & (Publication.reason == reason) & Publication.state.in_(_UNDECIDED)
    dropped = {"state": State.DROPPED, "owner": "", "expires_at": None, "finished_at": now()}
    await session.execute(update(Publication).where(older).values(dropped))
    names = [source.collection]
    return await request_in(session, (), author="sources", reason=reason, go_at_once=source.publish, collections=names)


async def ask_rollback(database: Database, *, author: str, reason: str = "", publication: str = "") -> str:
    """Requests a rollback of the last publication in force. Returns the rollback's id. Raises ``NothingToUndo``.

    ``publication``: the one that the person sees. Only this one is undone, and once: a second request returns the same
    rollback. Raises ``Overtaken`` if another publication came after it.
    """
    async with database.write() as session:
        undone = await last_to_undo(session)
        if publication and (undone is None or undone.id != publication):
            if known := await _rollback_of(session, publication):
                return known
            raise Overtaken
        if undone is None:
            raise NothingToUndo
        row = _new("rollback", [change.back for change in _changes(undone)], author, reason, go_at_once=True)
        row.state, row.base, row.candidate = State.APPROVED, undone.candidate, undone.base
        row.report, row.decided_by = {"undoes": undone.id}, author
        session.add(row)
        await session.flush()
        await audit(
            session, actor=author, action="publication.undone", target=f"publication:{undone.id}", details=_audit_details(row)
        )
        return row.id


async def decide(database: Database, name: str, *, go: bool, author: str) -> None:
    """Approves or drops a publication. Dropping is possible until it is activated.

    Raises ``NotAwaitingDecision`` and ``LookupError``.
    """
    allowed = (State.CHECKED,) if go else _UNDECIDED
    async with database.write() as session:
        changed = await session.execute(
            update(Publication)
            .where(Publication.id == name, Publication.state.in_(allowed))
            .values(
                state=State.APPROVED if go else State.DROPPED,
                decided_by=author,
                finished_at=None if go else now(),
                owner="",
                expires_at=None,
            )
            .returning(Publication.changes)
        )
        changes = changed.scalar_one_or_none()
        if changes is None:
            state = await session.scalar(select(Publication.state).where(Publication.id == name))
            if state is None:
                raise LookupError(f"there is no publication {name}")
            raise NotAwaitingDecision(state)
        if not go:
            await restore_published(session, [Change.model_validate(change) for change in changes])
        action = "publication.approved" if go else "publication.dropped"
        await audit(session, actor=author, action=action, target=f"publication:{name}")


async def get(database: Database, name: str) -> PublicationView | None:
    """Returns the publication in its present state."""
    async with database.read() as session:
        row = await session.scalar(select(Publication).where(Publication.id == name))
        return _view(row) if row else None


async def recent(database: Database, limit: int = 20) -> list[PublicationView]:
    """Returns the publications, the newest first."""
    async with database.read() as session:
        rows = await session.scalars(select(Publication).order_by(Publication.seq.desc()).limit(limit))
        return [_view(row) for row in rows]


async def latest_of(database: Database, collection: str, entry: str, version: int) -> PublicationView | None:
    """Returns the newest publication of this revision that was not dropped."""
    query = (
        select(Publication.id, Publication.changes)
        .where(Publication.kind == "publish", Publication.state != State.DROPPED)
        .order_by(Publication.seq.desc())
        .limit(_LOOKED_AT)
    )
    wanted = {"collection": collection, "entry_id": entry, "version": version}
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    names = (row.id for row in rows if any(wanted.items() <= change.items() for change in row.changes))
    name = next(names, None)
    return await get(database, name) if name else None


async def undoable(database: Database) -> PublicationView | None:
    """Returns the publication that a rollback would undo."""
    async with database.read() as session:
        row = await last_to_undo(session)
        return _view(row) if row else None


async def _rollback_of(session: AsyncSession, publication: str) -> str | None:
    """Returns the rollback of ``publication``, requested or done."""
    rollbacks = await session.scalars(
        select(Publication)
        .where(Publication.kind == "rollback", Publication.state.in_((State.APPROVED, State.ACTIVE)))
        .order_by(Publication.seq.desc())
        .limit(_LOOKED_AT)
    )
    return next((row.id for row in rollbacks if (row.report or {}).get("undoes") == publication), None)


async def last_to_undo(session: AsyncSession) -> Publication | None:
    """Returns the last publication in force, like ``undoable``."""
    undone: set[str] = set()
    rows = await session.scalars(
        select(Publication)
        .where((Publication.state == State.ACTIVE) | ((Publication.kind == "rollback") & (Publication.state == State.APPROVED)))
        .order_by(Publication.seq.desc())
        .limit(_LOOKED_AT)
    )
    for row in rows:
        if row.kind == "rollback":
            undone.add(str((row.report or {}).get("undoes", "")))
        elif row.id not in undone and row.base:
            return row
    return None


def _new(kind: str, changes: Sequence[Change], author: str, reason: str, go_at_once: bool) -> Publication:
    return Publication(
        id=secrets.token_hex(16),
        kind=kind,
        state=State.REQUESTED,
        changes=[change.model_dump(mode="json") for change in changes],
        go_at_once=go_at_once,
        author=author,
        reason=reason,
        decided_by="",
    )


def _changes(row: Publication) -> tuple[Change, ...]:
    return tuple(Change.model_validate(change) for change in row.changes)


def _audit_details(row: Publication) -> dict[str, JsonValue]:
    """Returns the details for the audit: which versions of which entries."""
    named: list[JsonValue] = [
        f"{change.collection}/{change.entry_id}: {change.before} → {change.version}" for change in _changes(row)[:50]
    ]
    return {"publication": row.id, "changes": named, "count": len(row.changes), "reason": row.reason}


def _view(row: Publication) -> PublicationView:
    report = row.report if row.kind == "publish" else None
    return PublicationView(
        id=row.id,
        kind="rollback" if row.kind == "rollback" else "publish",
        state=State(row.state),
        changes=_changes(row),
        author=row.author,
        reason=row.reason,
        decided_by=row.decided_by,
        progress=(row.step, row.done, row.total),
        base=row.base,
        candidate=row.candidate,
        verdict=row.verdict,
        report=Report.model_validate(report) if report else None,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
