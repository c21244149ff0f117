"""``/desk/integrators/webhooks``: the addresses that get events, and the log of what was sent."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from core.database import Database
from core.identity import Staff
from core.identity.vault import Vault
from core.problems import Problem
from core.settings import Settings
from core.web.outgoing import AddressRefused, checked
from desk import back, render
from integrators.desk.access import Administrator, Confirmed
from integrators.desk.tokens import PAGE as _PARENT
from integrators.webhooks import addresses
from integrators.webhooks.events import OFFERED, Event

PAGE = _PARENT + "/webhooks"
_LOG_LINES = 100


class NewWebhook(BaseModel):
    """The form."""

    url: str = Field("", max_length=1000)
    events: list[Event] = []


def router(settings: Settings, database: Database) -> APIRouter:
    """Returns the routes."""
    routes, vault = APIRouter(include_in_schema=False), Vault(*settings.secret_keys)

    async def page(request: Request, me: Staff, form: NewWebhook, *, secret: str = "", error: str = "") -> Response:
        async with database.read() as session:
            rows, log = await addresses.listed(session), await addresses.log_of(session, limit=_LOG_LINES)
        values = {"rows": rows, "log": log, "form": form, "secret": secret, "error": error, "events": OFFERED}
        urls = {row.id: row.url for row in rows}
        return render(request, me, "integrators/webhooks.html", status=422 if error else 200, urls=urls, **values)

    @routes.get(PAGE)
    async def overview(request: Request, me: Administrator) -> Response:
        return await page(request, me, NewWebhook())

    @routes.post(PAGE)
    async def add(request: Request, me: Confirmed, form: Annotated[NewWebhook, Form()]) -> Response:
        url = form.url.strip()
        if not set(form.events) & set(OFFERED):
            return await page(request, me, form, error="webhook_incomplete")
        try:
            await asyncio.to_thread(checked, url, allows=addresses.allowed_for(settings, url))
        except AddressRefused as refused:
            return await page(request, me, form, error=f"refused_{refused.why}")
        async with database.write() as session:
            _, secret = await addresses.create(session, vault, url=url, events=form.events, actor=me.id)
        return await page(request, me, NewWebhook(), secret=secret)

    @routes.post(PAGE + "/{identifier}")
    async def change(
        me: Administrator, identifier: str, action: Annotated[Literal["test", "enable", "disable", "remove"], Form()]
    ) -> Response:
        async with database.write() as session:
            match action:
                case "test":
                    known = await addresses.send_test(session, identifier)
                case "enable":
                    known = await addresses.enable(session, identifier, actor=me.id)
                case "disable":
                    known = await addresses.disable(session, identifier, actor=me.id)
                case "remove":
                    known = await addresses.remove(session, identifier, actor=me.id)
        if not known:
            raise Problem(404)
        return back(PAGE, f"did_{action}")

    return routes
