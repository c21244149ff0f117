"""``/desk/settings``: shows, changes, resets and exports the settings of the desk."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from core import desk_settings
from core.database import Database
from core.identity import Right, Staff, accounts
from core.problems import Problem
from core.settings import Settings, at_desk
from desk import back, render, signed_in
from desk.access import confirmed
from desk.service_settings.env_file import env_file
from desk.service_settings.form import errors_of, groups, typed_in

PAGE = "/desk/settings"
_REPEATED = frozenset({*at_desk.CHANGEABLE, "seen", "name"})  # by a page that asks first; never a password or a code
Operator = Annotated[Staff, Depends(signed_in(Right.MANAGE_SERVICE))]
Confirmed = Annotated[Staff, Depends(confirmed(Right.MANAGE_SERVICE))]


def router(settings: Settings, database: Database) -> APIRouter:
    """Returns the routes."""
    routes = APIRouter()

    async def page(
        http: Request,
        staff: Staff,
        *,
        typed: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
        meanwhile: bool = False,
    ) -> Response:
        async with database.read() as session:
            rows = await desk_settings.stored(session)
            names = {person.id: person.name or person.email for person in await accounts.listed(session)}
        return render(
            http,
            staff,
            "settings/settings.html",
            status=409 if meanwhile else 422 if errors else 200,
            groups=groups(settings, rows, typed or {}, errors or {}),
            errors=errors or {},
            meanwhile=meanwhile,
            seen=desk_settings.version_of(rows),
            names=names,
        )

    @routes.get(PAGE, include_in_schema=False)
    async def show(http: Request, staff: Operator) -> Response:
        return await page(http, staff)

    async def ask_before_erasing(http: Request, staff: Staff, days: str) -> Response | None:
        """Returns the page that asks whether messages older than ``days`` may go, unless that was answered or none will."""
        form = await http.form()
        if form.get("shorter") or not days.isdecimal() or not 1 <= int(days) < settings.retention_days:
            return None
        fields = [(name, value) for name, value in form.multi_items() if name in _REPEATED and isinstance(value, str)]
        return render(http, staff, "settings/shorter.html", fields=fields, days=days, now=settings.retention_days)

    @routes.post(PAGE, include_in_schema=False)
    async def save(http: Request, staff: Confirmed, seen: Annotated[str | None, Form(max_length=100)] = None) -> Response:
        typed = typed_in(await http.form())
        if question := await ask_before_erasing(http, staff, typed.get("retention_days", "")):
            return question
        try:
            async with database.write() as session:
                changed = await desk_settings.change(session, settings, typed, actor=staff.id, seen=seen)
        except desk_settings.Refused as refused:
            return await page(http, staff, typed=typed, errors=errors_of(refused.errors, staff.language))
        except desk_settings.ChangedMeanwhile:
            return await page(http, staff, typed=typed, meanwhile=True)
        await desk_settings.use_now(database, settings)
        return back(PAGE, "saved" if changed else "unchanged")

    @routes.post(PAGE + "/reset", include_in_schema=False)
    async def reset(http: Request, staff: Confirmed, name: Annotated[str, Form(max_length=64)]) -> Response:
        if name not in at_desk.CHANGEABLE:
            raise Problem(404)
        days = str(settings.in_environment(name)) if name == "retention_days" else ""
        if question := await ask_before_erasing(http, staff, days):
            return question
        async with database.write() as session:
            await desk_settings.change(session, settings, {name: None}, actor=staff.id)
        await desk_settings.use_now(database, settings)
        return back(PAGE, "was_reset")

    @routes.get(PAGE + "/export", include_in_schema=False)
    async def export(staff: Operator) -> Response:
        headers = {"Content-Disposition": 'attachment; filename="guichet.env"', "Cache-Control": "no-store"}
        return Response(env_file(settings), media_type="text/plain; charset=utf-8", headers=headers)

    return routes
