"""Import and export: a file is read, its changes are shown, and then it is imported. Everything can be exported."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import select
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, UploadFile

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, ImportTask
from core.dates import local_day
from core.identity import Staff
from core.problems import Problem
from core.settings import Settings
from desk import back, render
from knowledge_base.desk.access import Exchanger
from knowledge_base.desk.workflow.shared import check_collection
from knowledge_base.entries.safety import COLLECTION_NAME
from knowledge_base.errors import InvalidSource
from knowledge_base.exchange.export import export
from knowledge_base.import_tasks import RUNNING, Tasks
from knowledge_base.sources.service_public.convert import COLLECTION as SERVICE_PUBLIC
from knowledge_base.sources.sheets.header_row import FIELDS, guess_mapping
from knowledge_base.sources.sheets.sheet import read_header

_KINDS = (".zip", ".csv", ".tsv", ".txt", ".xlsx", ".jsonl")
_SHEETS = (".csv", ".tsv", ".txt", ".xlsx")
_ARCHIVE = b"PK\x03\x04"
_BLOCK = 1024**2
_ADDRESS = 500  # characters


def export_router(database: Database, settings: Settings) -> APIRouter:
    """Returns the routes of ``/desk/exchange/export``. Include them before ``router``, whose paths would match them."""
    routes = APIRouter()

    @routes.get("/desk/exchange/export", include_in_schema=False)
    async def everything(staff: Exchanger) -> Response:
        folder = settings.home / "exports"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{secrets.token_hex(8)}.zip"
        # Only the collections that the person may edit.
        await export(database, path, collections=staff.collections)
        async with database.write() as session:
            await record(session, actor=staff.id, action="entries.exported", target="entries:" + ",".join(staff.collections))
        name = f"guichet-{local_day(now(), settings.opening.zone)}.zip"
        return FileResponse(path, media_type="application/zip", filename=name, background=BackgroundTask(path.unlink))

    return routes


def router(database: Database, tasks: Tasks) -> APIRouter:
    """Returns the routes of ``/desk/exchange``."""
    routes = APIRouter()

    @routes.get("/desk/exchange", include_in_schema=False)
    async def exchange(request: Request, staff: Exchanger) -> Response:
        async with database.read() as session:
            collections = list(await session.scalars(select(EntryRow.collection).distinct().order_by(EntryRow.collection)))
        return render(
            request,
            staff,
            "workflow/exchange.html",
            tasks=await tasks.latest(),
            collections=collections,
            kinds=",".join(_KINDS),
        )

    @routes.post("/desk/exchange", include_in_schema=False)
    async def upload(request: Request, staff: Exchanger) -> Response:
        form = await request.form()
        file, collection = form.get("file"), str(form.get("collection", "")).strip()
        if (source := str(form.get("source", ""))) in ("service-public", "site"):
            return back(f"/desk/exchange/{await _fetched(tasks, staff, source, form)}")
        if not isinstance(file, UploadFile) or Path(name := await _named(file)).suffix.lower() not in _KINDS:
            raise Problem(422, "workflow.unknown_kind")
        if not collection and not name.lower().endswith(".zip"):
            raise Problem(422, "workflow.no_collection")
        if collection:
            _check_collection(staff, collection)
        task = await tasks.add(staff.id, name, collection, _writer(file))
        await tasks.start(task, dry_run=True)
        return back(f"/desk/exchange/{task}")

    @routes.get("/desk/exchange/{task}", include_in_schema=False)
    async def show(request: Request, task: str, staff: Exchanger) -> Response:
        row = await _own(tasks, task, staff)
        header, columns = await asyncio.to_thread(_columns, tasks.folder(task), row)
        return render(
            request,
            staff,
            "workflow/import.html",
            task=row,
            running=row.state in RUNNING,
            header=header,
            columns=columns,
            fields=FIELDS,
        )

    @routes.post("/desk/exchange/{task}", include_in_schema=False)
    async def act(request: Request, task: str, staff: Exchanger) -> Response:
        row = await _own(tasks, task, staff)
        form = await request.form()
        action = str(form.get("action", ""))
        mapping = {field: str(form[f"map-{field}"]) for field in FIELDS if f"map-{field}" in form}
        changes: dict[str, Any] = {"partial": form.get("partial") == "1"} | ({"mapping": mapping} if mapping else {})
        changed = "shown" in form and await asyncio.to_thread(_changed, tasks.folder(task), row, changes)
        match action:
            case "cancel":
                await tasks.cancel(task)
            case "preview":
                await tasks.start(task, dry_run=True, changes=changes)
            case "run" if changed:
                # Only what was shown may be imported: other columns need a new preview.
                await tasks.start(task, dry_run=True, changes=changes)
                return back(f"/desk/exchange/{task}", "shown_anew")
            case "run" if row.state in ("previewed", "interrupted", "cancelled"):
                await tasks.start(task, dry_run=False, author=staff.id)
            case _:
                raise Problem(409, "workflow.refused_moved_on")
        return back(f"/desk/exchange/{task}")

    @routes.get("/api/desk/imports/{task}")
    async def progress(task: str, staff: Exchanger) -> dict[str, Any]:
        """Returns the progress of an import: ``state``, ``done`` of ``total``, and its report once there is one."""
        row = await _own(tasks, task, staff)
        return {"id": task, "state": row.state, "done": row.done, "total": row.total, "report": row.report}

    return routes


async def _named(file: UploadFile) -> str:
    """Returns the file's name. An archive without its suffix is recognised by its first bytes."""
    name, start = file.filename or "", await file.read(len(_ARCHIVE))
    await file.seek(0)
    return name if Path(name).suffix.lower() in _KINDS or start != _ARCHIVE else f"{name}.zip"


def _writer(file: UploadFile) -> Callable[[Path], Awaitable[None]]:
    async def write(path: Path) -> None:
        with await asyncio.to_thread(path.open, "wb") as target:
            while block := await file.read(_BLOCK):
                await asyncio.to_thread(target.write, block)

    return write


async def _fetched(tasks: Tasks, staff: Staff, source: str, form: FormData) -> str:
    """Starts the preview of a source that is not a file of entries: service-public's pages (fetched, or its official archive),
    or the pages of a site. Returns the task's id.
    """
    file, address = form.get("archive"), str(form.get("address", "")).strip()
    collection = SERVICE_PUBLIC if source == "service-public" else str(form.get("collection", "")).strip()
    if not collection:
        raise Problem(422, "workflow.no_collection")
    _check_collection(staff, collection)
    if source == "site" and not (address.startswith(("https://", "http://")) and len(address) <= _ADDRESS):
        raise Problem(422, "workflow.no_address")
    if source == "site":
        task = await tasks.add_source(staff.id, address, collection)
    elif isinstance(file, UploadFile) and file.filename:
        task = await tasks.add(staff.id, file.filename, collection, _writer(file), source=SERVICE_PUBLIC)
    else:
        task = await tasks.add_source(staff.id, SERVICE_PUBLIC, collection)
    await tasks.start(task, dry_run=True)
    return task


def _check_collection(staff: Staff, collection: str) -> None:
    if not COLLECTION_NAME.fullmatch(collection):
        raise Problem(422, "workflow.collection_wrong")
    check_collection(staff, collection)


async def _own(tasks: Tasks, task: str, staff: Staff) -> ImportTask:
    row = await tasks.get(task)
    if row is None:
        raise Problem(404)
    collection = row.plan["collection"]
    # A whole export may hold any collection, so importing one requires the right to edit all.
    if staff.collections and (not collection or not staff.may_edit(collection)):
        raise Problem(403, "workflow.refused_not_allowed")
    return row


def _changed(folder: Path, row: ImportTask, changes: Mapping[str, Any]) -> bool:
    """Decides whether ``changes`` of the plan differ from those shown on the page."""
    used = _columns(folder, row)[1]
    mapping = changes.get("mapping", {})
    return changes["partial"] != row.plan["partial"] or any(used.get(field, "") != column for field, column in mapping.items())


@lru_cache(64)
def _header(path: Path) -> tuple[str, ...]:
    """Returns the header of a task's file. Cached: the file never changes, and a large one takes seconds."""
    return read_header(path)


def _columns(folder: Path, row: ImportTask) -> tuple[tuple[str, ...], dict[str, str]]:
    """Returns the columns of a spreadsheet, and the field of each, as far as known."""
    path = folder / row.plan["file"]
    if row.plan.get("source") or path.suffix.lower() not in _SHEETS or row.state in RUNNING:
        return (), {}
    try:
        header = _header(path)
    except InvalidSource:
        return (), {}
    return header, guess_mapping(header) | row.plan["mapping"]
