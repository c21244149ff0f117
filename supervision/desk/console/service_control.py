"""Service control for administrators: announcement, urgent message, channels off. The same as ``./guichet control``."""

from datetime import datetime
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from conversations.service_control.controls import (
    MOST_CHARACTERS,
    BadControl,
    Name,
    ServiceState,
    clear_control,
    read,
    set_control,
)
from core.problems import Problem
from desk import back, render
from supervision.desk.console.callers import Administrator
from supervision.desk.console.services import ConsoleServices

_NAMES: tuple[Name, ...] = get_args(Name)


class Texts(BaseModel):
    """The texts of a control. French is required; without English, everybody gets French. ``until``: when it ends by itself, in
    the administration's time if it names no zone.
    """

    model_config = ConfigDict(extra="forbid")

    fr: str = Field(max_length=1000)
    en: str = Field("", max_length=1000)
    until: datetime | None = None


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter()
    database, zone = services.deps.database, services.deps.settings.opening.zone

    async def put(name: Name, fr: str, en: str, until: datetime | None, actor: str) -> None:
        if until is not None and until.tzinfo is None:
            until = until.replace(tzinfo=zone)
        async with database.write() as session:
            await set_control(session, name, text_fr=fr, text_en=en, until=until, actor=actor)

    async def clear(name: Name, actor: str) -> bool:
        async with database.write() as session:
            return await clear_control(session, name, actor=actor)

    @routes.get("/desk/service", include_in_schema=False)
    async def page(request: Request, staff: Administrator) -> Response:
        return await _page(request, staff)

    @routes.post("/desk/service", include_in_schema=False)
    async def change(
        request: Request,
        staff: Administrator,
        name: Annotated[Name, Form()],
        fr: Annotated[str, Form()] = "",
        en: Annotated[str, Form()] = "",
        until: Annotated[str, Form(max_length=32)] = "",
        clearing: Annotated[bool, Form()] = False,
    ) -> Response:
        """Sets or clears a control. Shows invalid text again with the reason."""
        if clearing:
            await clear(name, staff.id)
            return back("/desk/service", "service_cleared")
        try:
            await put(name, fr, en, _moment(until), staff.id)
        except BadControl as bad:
            return await _page(request, staff, wrong=name, reason=f"service_{bad.reason}", fr=fr, en=en, until=until)
        return back("/desk/service", "service_set")

    async def _page(request: Request, staff: Administrator, **wrong: str) -> Response:
        async with database.read() as session:
            state = await read(session)
        values = {"wrong": "", "reason": "", "fr": "", "en": "", "until": ""} | wrong
        return render(
            request,
            staff,
            "console/service.html",
            status=422 if wrong else 200,
            names=_NAMES,
            controls=state.controls,
            most=MOST_CHARACTERS,
            zone=zone,
            **values,
        )

    @routes.get("/api/desk/service")
    async def show(staff: Administrator) -> ServiceState:
        """Returns the present controls."""
        async with database.read() as session:
            return await read(session)

    @routes.put("/api/desk/service/{name}", status_code=204)
    async def set_one(name: Name, texts: Texts, staff: Administrator) -> Response:
        """Sets ``banner``, ``emergency``, ``off:web`` or ``off:sms``."""
        try:
            await put(name, texts.fr, texts.en, texts.until, staff.id)
        except BadControl as bad:
            raise Problem(422, f"console.service_{bad.reason}", max=MOST_CHARACTERS) from None
        return Response(status_code=204)

    @routes.delete("/api/desk/service/{name}", status_code=204)
    async def clear_one(name: Name, staff: Administrator) -> Response:
        """Ends a control. 404 if it was not set."""
        if not await clear(name, staff.id):
            raise Problem(404, "console.service_not_set")
        return Response(status_code=204)

    return routes


def _moment(text: str) -> datetime | None:
    """Returns the moment of a form; ``None`` if it names none. Raises ``BadControl``: what cannot be read is no end to come."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadControl("past") from None
