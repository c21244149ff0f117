"""Service control for administrators: announcement, urgent message, channels off. The same as ``./guichet control``."""

from __future__ import annotations

from typing import Annotated

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

_NAMES: tuple[Name, ...] = ("banner", "emergency", "off:web", "off:sms")


class Texts(BaseModel):
    """The texts of a control. French is required; without English, everybody gets French."""

    model_config = ConfigDict(extra="forbid")

    fr: str = Field(max_length=1000)
    en: str = Field("", max_length=1000)


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter()
    database = services.deps.database

    async def put(name: Name, fr: str, en: str, actor: str) -> None:
        async with database.write() as session:
            await set_control(session, name, text_fr=fr, text_en=en, actor=actor)

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
        clearing: Annotated[bool, Form()] = False,
    ) -> Response:
        """Sets or clears a control. Shows invalid text again with the reason."""
        if clearing:
            await clear(name, staff.id)
            return back("/desk/service", "service_cleared")
        try:
            await put(name, fr, en, staff.id)
        except BadControl as bad:
            return await _page(request, staff, wrong=name, reason=f"service_{bad.reason}", fr=fr, en=en)
        return back("/desk/service", "service_set")

    async def _page(request: Request, staff: Administrator, **wrong: str) -> Response:
        async with database.read() as session:
            state = await read(session)
        values = {"wrong": "", "reason": "", "fr": "", "en": ""} | wrong
        return render(
            request,
            staff,
            "console/service.html",
            status=422 if wrong else 200,
            names=_NAMES,
            controls=state.controls,
            most=MOST_CHARACTERS,
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
            await put(name, texts.fr, texts.en, staff.id)
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
