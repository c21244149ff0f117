"""``/desk/validation``: the subjects whose answers are checked before they are sent, chosen by administrators."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from core.database import Database
from core.identity import Right, Staff
from core.settings import Settings
from desk import Item, Part, back, render, signed_in
from supervision.approvals.subjects import (
    LONGEST,
    MOST_CHARACTERS,
    checked_subjects,
    count_pages,
    delete_subject,
    set_subject,
)

_PATH = "/desk/validation"
_RIGHT = Right.MANAGE_SERVICE
_USUAL_MINUTES = 10

Administrator = Annotated[Staff, Depends(signed_in(_RIGHT))]


def part(settings: Settings, database: Database) -> Part:
    """Returns the part with this page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(_PATH)
    async def page(request: Request, staff: Administrator) -> Response:
        return await render_page(request, staff)

    @routes.post(_PATH)
    async def change(
        request: Request,
        staff: Administrator,
        theme: Annotated[str, Form(max_length=300)] = "",
        minutes: Annotated[str, Form(max_length=12)] = "",
        dropping: Annotated[bool, Form()] = False,
    ) -> Response:
        """Adds a subject, changes its time, or removes it. Shows invalid values again with the reason."""
        async with database.write() as session:
            if dropping:
                deleted = await delete_subject(session, theme, actor=staff.id)
                return back(_PATH, "validation_dropped") if deleted else back(_PATH, failed="validation_unknown")
            try:
                await set_subject(session, theme, int(minutes), actor=staff.id)
            except ValueError:
                return await render_page(request, staff, theme=theme, minutes=minutes)
        return back(_PATH, "validation_kept" if settings.desk_staffed else "validation_kept_unstaffed")

    async def render_page(request: Request, staff: Staff, **wrong: str) -> Response:
        async with database.read() as session:
            known = await checked_subjects(session)
            pages = await count_pages(session, known)
        return render(
            request,
            staff,
            "validation/validation.html",
            status=422 if wrong else 200,
            subjects=known,
            pages=pages,
            staffed=settings.desk_staffed,
            longest=LONGEST,
            most=MOST_CHARACTERS,
            wrong=bool(wrong),
            **({"theme": "", "minutes": str(_USUAL_MINUTES)} | wrong),
        )

    item = Item(key="validation_nav", path=_PATH, right=_RIGHT, group="service", order=79)
    return Part(name="validation", folder=Path(__file__).parent, router=routes, items=(item,))
