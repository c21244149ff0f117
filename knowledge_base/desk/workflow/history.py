"""The history of an entry, the comparison of any two revisions, and the return to one."""

import asyncio

from fastapi import APIRouter, Request, Response

from core.database import Database
from core.problems import Problem
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.workflow.shared import address, check_collection, refusals
from knowledge_base.editing import listing, saving
from knowledge_base.editing.diff import differences


def router(database: Database) -> APIRouter:
    """Returns the routes of ``/desk/entries/{collection}/{page}/history``."""
    routes = APIRouter()

    @routes.get("/desk/entries/{collection}/{page}/history")
    async def history(request: Request, collection: str, page: str, staff: Reader) -> Response:
        with refusals():
            entry = await listing.workflow_state(database, collection, page)
            events = await listing.history(database, collection, page)
            versions = sorted({event.version for event in events}, reverse=True)
            old = _number(request, "old", next((one for one in versions if one < versions[0]), versions[0]))
            new = _number(request, "new", versions[0])
            before = await listing.revision(database, collection, page, old)
            after = await listing.revision(database, collection, page, new)
        found = await asyncio.to_thread(differences, before, after)
        return render(
            request,
            staff,
            "workflow/history.html",
            entry=entry,
            events=events,
            versions=versions,
            old=old,
            new=new,
            differences=found,
            names=await listing.names(database),
            may_edit=staff.may_edit(collection),
        )

    @routes.post("/desk/entries/{collection}/{page}/restore")
    async def restore(request: Request, collection: str, page: str, staff: Editor) -> Response:
        check_collection(staff, collection)
        form = await request.form()
        version, head = (str(form.get(name, "")) for name in ("version", "head"))
        if not (version.isdecimal() and head.isdecimal()):
            raise Problem(422, "workflow.nothing_chosen")
        with refusals():
            await saving.restore(
                database,
                collection,
                page,
                int(version),
                head=int(head),
                author=staff.id,
                reason=str(form.get("reason", ""))[:500],
            )
        return back(address(collection, page, "/history"), "did_restore")

    return routes


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else default
