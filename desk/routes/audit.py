"""``/desk/audit``: the audit for administrators, and the check of its chain. The command checks exported chain heads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from core.audit.queries import newest, verify
from core.identity import Right, Staff, accounts
from core.web.row_numbers import RowNumber
from desk.access import signed_in
from desk.pages import render
from desk.shell import shell_of

_PATH = "/desk/audit"
_ROWS = 100
Reader = Annotated[Staff, Depends(signed_in(Right.READ_AUDIT))]
Words = Annotated[str, Query(max_length=160)]


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(_PATH)
    async def audit(
        request: Request,
        me: Reader,
        actor: Words = "",
        action: Words = "",
        target: Words = "",
        before: RowNumber = 0,
        check: bool = False,
    ) -> Response:
        """Shows rows, the newest first. ``action`` and ``target`` may be prefixes; ``check``: verifies the whole chain."""
        database = shell_of(request).database
        filters = {name: text.replace("\x00", "").strip() for name, text in (("action", action), ("target", target))}
        async with database.read() as session:
            names = {person.id: person.name or person.email for person in await accounts.listed(session)}
        rows = await newest(database, limit=_ROWS + 1, actor=actor.replace("\x00", ""), before=before, **filters)
        return render(
            request,
            me,
            "desk/audit.html",
            rows=rows[:_ROWS],
            names=names,
            older=rows[_ROWS - 1].seq if len(rows) > _ROWS else 0,
            asked=filters | {"actor": actor},
            found=await verify(database) if check else None,
        )

    return routes
