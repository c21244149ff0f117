"""Collections: the content of each, who may work in it, and new ones."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from core.database import Database
from core.identity import Right, Staff
from core.problems import Problem
from desk import back, render, signed_in
from knowledge_base.desk.access import Exchanger, Reader
from knowledge_base.desk.workflow.shared import check_collection, refusals
from knowledge_base.editing import collections
from knowledge_base.editing.collections import KINDS, Kind

_PATH = "/desk/collections"
Administrator = Annotated[Staff, Depends(signed_in(Right.MANAGE_STAFF))]
Line = Annotated[str, Form(max_length=200)]


def router(database: Database) -> APIRouter:
    """Returns the routes of ``/desk/collections``."""
    routes = APIRouter()

    @routes.get(_PATH)
    async def overview(request: Request, staff: Reader) -> Response:
        people = await collections.people(database)
        return render(
            request,
            staff,
            "workflow/collections.html",
            rows=await collections.all_collections(database),
            people=people,
            kinds=KINDS,
        )

    @routes.post(_PATH)
    async def keep(staff: Exchanger, name: Line, kind: Annotated[Kind, Form()], title: Line = "") -> Response:
        check_collection(staff, name.strip())
        with refusals():
            await collections.save_collection(database, name.strip(), title=title, kind=kind, author=staff.id)
        return back(f"{_PATH}/{name.strip()}", "did_keep")

    @routes.get(_PATH + "/{name}")
    async def one(request: Request, name: str, staff: Reader) -> Response:
        found = next((row for row in await collections.all_collections(database) if row.name == name), None)
        if found is None:
            raise Problem(404)
        people = await collections.people(database)
        return render(request, staff, "workflow/collection.html", row=found, people=people, kinds=KINDS)

    @routes.post(_PATH + "/{name}/people")
    async def allow(name: str, staff: Administrator, person: Annotated[list[str] | None, Form()] = None) -> Response:
        with refusals():
            await collections.allow(database, name, person or [], author=staff.id)
        return back(f"{_PATH}/{name}", "did_keep")

    return routes
