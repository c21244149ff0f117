"""Installs the shell and its parts in the gateway's application."""

from collections.abc import Callable

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import Response

from core.identity import IdentityError, accounts
from core.identity.conversation_access import Denied
from core.problems import Problem
from core.web.routes import join_router
from desk.access import ConfirmationNeeded, ExpiredForm, SignInNeeded, SocketRefused
from desk.pages import back, problem_page, render
from desk.routes import account, alerts, audit, invitation, provider, sign_in, staff, start, static
from desk.shell import Shell

__all__ = ["KNOWN", "install", "problem_page"]


def _refused(error: Exception) -> Problem:
    assert isinstance(error, IdentityError)
    if isinstance(error, Denied):
        return Problem(403, f"desk.desk_{error.code}")
    return Problem(404 if error.code == "unknown" else 409, f"desk.desk_{error.code}", **error.values)


KNOWN: dict[type[Exception], Callable[[Exception], Problem]] = {IdentityError: _refused}


def install(app: FastAPI, shell: Shell) -> None:
    """Adds the routes of the shell and its parts, and handlers of the shell's exceptions. The application handles problems."""
    app.state.desk = shell
    own = (sign_in, provider, invitation, account, staff, audit, alerts, start)
    for one in (static.router(shell.parts), *(module.router() for module in own)):
        join_router(app.router, one, include_in_schema=False)
    for part in shell.parts:
        join_router(app.router, part.router, tags=["desk"])

    @app.exception_handler(SignInNeeded)
    async def _to_sign_in(request: Request, _error: SignInNeeded) -> Response:
        return back("/desk/sign-in", next=_address(request))

    @app.exception_handler(ExpiredForm)
    async def _again(request: Request, expired: ExpiredForm) -> Response:
        staff = await shell.in_language(request, expired.staff) if expired.staff else None
        status, where = 403 if staff else 401, _address(request)
        return render(request, staff, "desk/again.html", status=status, fields=expired.fields, where=where)

    @app.exception_handler(ConfirmationNeeded)
    async def _confirm(request: Request, needed: ConfirmationNeeded) -> Response:
        staff, error = needed.staff, needed.error
        if error is not None and error.code == "confirm_ended":
            return back("/desk/sign-in", "desk_confirm_ended")
        async with shell.database.read() as session:
            row = await accounts.get(session, staff.id)
        values = {"has_password": row.password is not None, "has_code": row.totp is not None, "where": _address(request)}
        said = shell.error_text(error, staff.language) if error else ""
        return render(request, staff, "desk/confirm.html", status=403, fields=needed.fields, error=said, **values)

    @app.exception_handler(SocketRefused)
    async def _refused(_socket: WebSocket, _error: SocketRefused) -> None:
        return None


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
