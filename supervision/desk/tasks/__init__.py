"""The editors' part of the review: tasks about entries, requested by reviewers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from core.database import Database
from core.identity import Right, Staff
from core.web.row_numbers import RowNumber
from desk import Figure, Item, Part, back, render, signed_in
from supervision.review.tasks import close_task, closed_tasks, count_tasks, open_tasks, reopen_task

Editing = Annotated[Staff, Depends(signed_in(Right.EDIT_ENTRIES))]
_PATH = "/desk/tasks"


def part(database: Database) -> Part:
    """Returns the part with the page ``/desk/tasks``.

    Editors who are limited to collections see the tasks about entries of these collections, and those about no entry.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get(_PATH)
    async def listed(request: Request, staff: Editing) -> Response:
        return render(
            request,
            staff,
            "tasks/tasks.html",
            tasks=await open_tasks(database, collections=staff.collections),
            closed=await closed_tasks(database, collections=staff.collections),
            may_read=staff.may(Right.HANDLE_CONVERSATIONS),
            may_see_demand=staff.may(Right.READ_ENTRIES),
        )

    @routes.post(f"{_PATH}/{{seq}}/close")
    async def close(seq: RowNumber, staff: Editing) -> Response:
        done = await close_task(database, seq, staff.id, collections=staff.collections)
        return back(_PATH, "closed") if done else back(_PATH, failed="gone")

    @routes.post(f"{_PATH}/{{seq}}/reopen")
    async def reopen(seq: RowNumber, staff: Editing) -> Response:
        done = await reopen_task(database, seq, staff.id, collections=staff.collections)
        return back(_PATH, "reopened") if done else back(_PATH, failed="gone")

    async def figures(staff: Staff) -> Sequence[Figure]:
        if not staff.may(Right.EDIT_ENTRIES):
            return ()
        return (Figure("figure_open", _PATH, "entries", await count_tasks(database, collections=staff.collections)),)

    return Part(
        name="tasks",
        figures=figures,
        folder=Path(__file__).parent,
        router=routes,
        items=(Item(key="nav", path=_PATH, right=Right.EDIT_ENTRIES, group="entries", order=22),),
    )
