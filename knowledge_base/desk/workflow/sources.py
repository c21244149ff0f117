"""Sources: where collections come from, when they are re-read, and what came of the last time."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from core.database import Database
from core.database.base import now
from core.identity import Staff
from core.problems import Problem
from core.settings import Settings
from desk import back, render
from knowledge_base.desk.access import Exchanger
from knowledge_base.desk.workflow.shared import check_collection
from knowledge_base.entries.safety import COLLECTION_NAME
from knowledge_base.rereading.job import PACKAGES, folder_of, is_place
from knowledge_base.rereading.record import INTERVALS, REFUSED, change_source, keep_source, sources

PATH = "/desk/sources"
Line = Annotated[str, Form(max_length=500)]


def router(database: Database, settings: Settings) -> APIRouter:
    """Returns the routes of ``/desk/sources``."""
    routes = APIRouter()

    @routes.get(PATH)
    async def overview(request: Request, staff: Exchanger) -> Response:
        rows = [row for row in await sources(database) if staff.may_edit(row.collection)]
        packages = {name: package.package for name, package in PACKAGES.items()}
        folder = folder_of(settings)
        return render(
            request, staff, "workflow/sources.html", rows=rows, intervals=INTERVALS, packages=packages, folder=folder, now=now()
        )

    @routes.post(PATH)
    async def add(staff: Exchanger, collection: Line, place: Line) -> Response:
        collection, place = collection.strip(), place.strip()
        _check(staff, collection)
        if not is_place(place, collection):
            raise Problem(422, "workflow.source_wrong")
        await keep_source(database, collection, place, staff.id)
        await change_source(database, collection, staff.id, "read", due_at=now())
        return back(PATH, "source_soon")

    @routes.post(PATH + "/{collection}")
    async def act(
        staff: Exchanger,
        collection: str,
        action: Annotated[str, Form()],
        hours: Annotated[int, Form()] = 0,
        publish: Annotated[bool, Form()] = False,
    ) -> Response:
        _check(staff, collection)
        match action:
            case "read":
                done = await change_source(database, collection, staff.id, action, due_at=now())
            case "force":
                done = await change_source(database, collection, staff.id, action, due_at=now(), forced=True)
            case "settings" if hours in INTERVALS:
                done = await change_source(database, collection, staff.id, action, hours=hours, publish=publish)
            case "remove":
                done = await change_source(database, collection, staff.id, action)
            case _:
                raise Problem(422, "workflow.nothing_chosen")
        if not done:
            raise Problem(404)
        return back(PATH, "source_soon" if action in ("read", "force") else "did_keep")

    return routes


async def refused_sources(database: Database, staff: Staff) -> tuple[str, ...]:
    """Returns the collections of ``staff`` whose last reading was refused."""
    return tuple(row.collection for row in await sources(database) if row.outcome == REFUSED and staff.may_edit(row.collection))


def _check(staff: Staff, collection: str) -> None:
    if not COLLECTION_NAME.fullmatch(collection):
        raise Problem(422, "workflow.collection_wrong")
    check_collection(staff, collection)
