"""Conflicts between an import and editors: each part with both texts, and the choice."""

from fastapi import APIRouter, Request, Response

from core.database import Database
from core.problems import Problem
from desk import back, render
from knowledge_base.desk.access import Editor
from knowledge_base.desk.workflow.shared import address, check_collection, refusals
from knowledge_base.editing import listing, resolving
from knowledge_base.editing.diff import words
from knowledge_base.entries.merge import Side


def router(database: Database) -> APIRouter:
    """Returns the routes of ``/desk/conflicts`` and ``/desk/entries/{collection}/{page}/conflict``."""
    routes = APIRouter()

    @routes.get("/desk/conflicts")
    async def conflicts(request: Request, staff: Editor) -> Response:
        rows = await listing.with_open_conflicts(database, staff.collections)
        return render(request, staff, "workflow/conflicts.html", rows=rows, limit=listing.LIMIT)

    @routes.get("/desk/entries/{collection}/{page}/conflict")
    async def conflict(request: Request, collection: str, page: str, staff: Editor) -> Response:
        check_collection(staff, collection)
        with refusals():
            entry = await listing.workflow_state(database, collection, page)
            found = await resolving.dispute(database, collection, page)
        clashes = [
            (clash, words(clash.local or "", clash.theirs or "")) for clash in (found.merged.clashes if found.merged else ())
        ]
        return render(request, staff, "workflow/conflict.html", entry=entry, dispute=found, clashes=clashes)

    @routes.post("/desk/entries/{collection}/{page}/conflict")
    async def decide(request: Request, collection: str, page: str, staff: Editor) -> Response:
        check_collection(staff, collection)
        form = await request.form(max_fields=5000)
        head = str(form.get("head", ""))
        if not head.isdecimal():
            raise Problem(422, "workflow.nothing_chosen")
        choices: dict[int, Side] = {
            int(name.removeprefix("part-")): "theirs"
            for name, value in form.items()
            if name.startswith("part-") and name.removeprefix("part-").isdecimal() and value == "theirs"
        }
        with refusals():
            await resolving.resolve(
                database,
                collection,
                page,
                head=int(head),
                choices=choices,
                author=staff.id,
                reason=str(form.get("reason", ""))[:500],
            )
        return back(address(collection, page, "/workflow"), "did_resolve")

    return routes
