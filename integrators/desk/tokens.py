"""``/desk/integrators``: the tokens, and the form that makes one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from core.database import Database
from core.database.base import now
from core.database.models import ApiToken
from core.identity import Staff
from core.identity.staff import staff_names
from core.problems import Problem
from desk import back, render
from integrators import tokens
from integrators.desk.access import Administrator, Confirmed
from integrators.tokens import Scope

PAGE = "/desk/integrators"


class NewToken(BaseModel):
    """The form."""

    name: str = Field("", max_length=120)
    scopes: list[Scope] = []
    per_minute: int = Field(60, ge=1, le=3000)
    days: int = Field(365, ge=1, le=730)
    test: bool = False


def router(database: Database) -> APIRouter:
    """Returns the routes."""
    routes = APIRouter(include_in_schema=False)

    async def page(request: Request, me: Staff, form: NewToken, *, token: str = "", error: str = "") -> Response:
        async with database.read() as session:
            rows, names = await tokens.listed(session), await staff_names(session)
        values = {"rows": rows, "names": names, "form": form, "token": token, "error": error, "scopes": list(Scope)}
        return render(request, me, "integrators/tokens.html", status=422 if error else 200, state=_state, **values)

    @routes.get(PAGE)
    async def overview(request: Request, me: Administrator) -> Response:
        return await page(request, me, NewToken())

    @routes.post(PAGE)
    async def make(request: Request, me: Confirmed, form: Annotated[NewToken, Form()]) -> Response:
        name = " ".join(form.name.replace("\x00", "").split())
        if not name or not form.scopes:
            return await page(request, me, form, error="token_incomplete")
        async with database.write() as session:
            values = form.model_dump(exclude={"name"})
            _, token = await tokens.create(session, name=name, **values, actor=me.id)
        return await page(request, me, NewToken(), token=token)

    @routes.post(PAGE + "/{identifier}/revoke")
    async def revoke(me: Administrator, identifier: str) -> Response:
        async with database.write() as session:
            if not await tokens.revoke(session, identifier, actor=me.id):
                raise Problem(404)
        return back(PAGE, "token_revoked")

    return routes


def _state(row: ApiToken) -> str:
    """Returns the word for the state of a token."""
    if row.revoked_at is not None:
        return "state_revoked"
    return "state_valid" if row.expires_at > now() else "state_expired"
