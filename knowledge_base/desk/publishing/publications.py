"""Publications: what waits, the gate's verdict, approval and rollback."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from core.database import Database
from core.database.models import EntryRow
from core.identity import Staff
from core.problems import Problem
from desk import back, render
from knowledge_base.desk.access import Publisher, Reader
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.publishing.forms import Line, RequestedChange, parse_change
from knowledge_base.editing import listing
from knowledge_base.editing.steps import Policy, publication_refusals
from knowledge_base.entries.served_content import count_waiting
from knowledge_base.errors import ImportRefused
from knowledge_base.publishing.contracts import Change, PublicationView
from knowledge_base.publishing.publications import (
    NotAwaitingDecision,
    NothingToUndo,
    Overtaken,
    ask_rollback,
    decide,
    get,
    recent,
    request,
    undoable,
)

_PAGE = "/desk/publications"
_WAITING = 200


class PublicationRequest(BaseModel):
    """A request for a publication. ``at_once``: activate without a decision, unless something gets worse."""

    changes: list[RequestedChange] = Field(min_length=1, max_length=500)
    reason: str = Field("", max_length=2000)
    at_once: bool = False


class Decision(BaseModel):
    """The decision to go on or back."""

    go: bool


def router(database: Database, policy: Policy, engine: EngineClient) -> APIRouter:
    """Returns the pages under ``/desk/publications``, and the same as JSON under ``/api/desk/publications``."""
    routes = APIRouter()

    @routes.get(_PAGE, include_in_schema=False)
    async def overview(http: Request, staff: Reader) -> Response:
        waiting = await _waiting(database, staff.collections)
        last, known = await undoable(database), await recent(database)
        imported = await count_waiting(database, staff.collections)
        return render(
            http,
            staff,
            "publishing/publications.html",
            refused=await engine.refused(),
            waiting=waiting,
            imported=imported,
            last=last,
            publications=known,
            limit=_WAITING,
        )

    @routes.post(_PAGE, include_in_schema=False)
    async def ask(
        staff: Publisher,
        entry: Annotated[list[str] | None, Form()] = None,
        reason: Line = "",
        at_once: Line = "",
        whole: Line = "",
    ) -> Response:
        """Requests a publication. ``whole``: of all imported changes in the person's collections."""
        if not entry and not whole:
            return back(_PAGE, failed="nothing_chosen")
        changes = [parse_change(one, staff) for one in entry or ()]
        return back(f"{_PAGE}/{await _request(database, policy, changes, staff, reason, bool(at_once))}")

    @routes.get(_PAGE + "/{name}", include_in_schema=False)
    async def one(name: str, http: Request, staff: Reader) -> Response:
        publication, names = await _publication_or_404(database, name), await listing.names(database)
        return render(http, staff, "publishing/publication.html", publication=publication, names=names)

    @routes.post(_PAGE + "/{name}/decision", include_in_schema=False)
    async def choose(name: str, staff: Publisher, go: Annotated[bool, Form()]) -> Response:
        await _decide(database, policy, name, go, staff)
        return back(f"{_PAGE}/{name}", "approved" if go else "dropped")

    @routes.post("/desk/rollback", include_in_schema=False)
    async def undo(staff: Publisher, publication: Annotated[str, Form(min_length=1, max_length=64)]) -> Response:
        """Undoes the publication that the page shows: the page may be old, or the button pressed twice."""
        return back(f"{_PAGE}/{await _undo(database, staff, publication)}")

    @routes.get("/api/desk/publications")
    async def listed(staff: Reader) -> list[PublicationView]:
        """Returns the newest publications."""
        return await recent(database)

    @routes.post("/api/desk/publications", status_code=202)
    async def publish(wanted: PublicationRequest, staff: Publisher) -> PublicationView:
        """Requests a publication, which can be followed under its id."""
        changes = [one.change(staff) for one in wanted.changes]
        return await _publication_or_404(
            database, await _request(database, policy, changes, staff, wanted.reason, wanted.at_once)
        )

    @routes.get("/api/desk/publications/{name}")
    async def followed(name: str, staff: Reader) -> PublicationView:
        """Returns the progress of a publication, and the gate's report."""
        return await _publication_or_404(database, name)

    @routes.post("/api/desk/publications/{name}/decision")
    async def decision(name: str, given: Decision, staff: Publisher) -> PublicationView:
        """Approves a publication that the gate has judged, or drops it."""
        await _decide(database, policy, name, given.go, staff)
        return await _publication_or_404(database, name)

    @routes.post("/api/desk/rollback", status_code=202)
    async def rollback(staff: Publisher) -> PublicationView:
        """Undoes the last publication."""
        return await _publication_or_404(database, await _undo(database, staff))

    return routes


async def _waiting(database: Database, collections: Sequence[str] = ()) -> list[EntryRow]:
    """Returns the drafts that could be published, approved ones first. If ``collections`` are given, drafts of others cannot be
    chosen; approved drafts are preselected.
    """
    query = select(EntryRow).where(EntryRow.stage != "").order_by(EntryRow.stage, EntryRow.updated_at.desc()).limit(_WAITING)
    if collections:
        query = query.where(EntryRow.collection.in_(collections))
    async with database.read() as session:
        return list(await session.scalars(query))


async def _publication_or_404(database: Database, name: str) -> PublicationView:
    view = await get(database, name)
    if view is None:
        raise Problem(404)
    return view


async def _request(database: Database, policy: Policy, changes: list[Change], staff: Staff, reason: str, at_once: bool) -> str:
    await _require_allowed(database, policy, changes, staff.id)
    within = staff.collections
    try:
        return await request(database, changes, author=staff.id, reason=reason, go_at_once=at_once, collections=within)
    except ImportRefused as error:
        raise Problem(409, "publishing.cannot_publish") from error


async def _require_allowed(database: Database, policy: Policy, changes: Sequence[Change], author: str) -> None:
    """Raises ``Problem`` for an own revision under the two-person rule, and for an open conflict with the source."""
    revisions = [(one.collection, one.entry_id, one.version) for one in changes if one.version is not None]
    for code in await publication_refusals(database, revisions, author=author, policy=policy):
        if code is not None:
            raise Problem(409, f"publishing.refused_{code}")


async def _decide(database: Database, policy: Policy, name: str, go: bool, staff: Staff) -> None:
    changes = (await _publication_or_404(database, name)).changes
    _check_collections(changes, staff)
    if go:  # the deciding person may be another one, and an import may have come in between
        await _require_allowed(database, policy, changes, staff.id)
    try:
        await decide(database, name, go=go, author=staff.id)
    except LookupError as error:
        raise Problem(404) from error
    except NotAwaitingDecision as error:
        raise Problem(409, "publishing.decided") from error


def _check_collections(changes: Sequence[Change], staff: Staff) -> None:
    if not all(staff.may_edit(change.collection) for change in changes):
        raise Problem(403, "publishing.not_your_collection")


async def _undo(database: Database, staff: Staff, publication: str = "") -> str:
    last = await get(database, publication) if publication else await undoable(database)
    _check_collections(last.changes if last else (), staff)
    try:
        return await ask_rollback(database, author=staff.id, publication=publication)
    except Overtaken as error:
        raise Problem(409, "publishing.overtaken") from error
    except NothingToUndo as error:
        raise Problem(409, "publishing.nothing_to_undo") from error
