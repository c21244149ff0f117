"""Signing in and out: a password, then a code of the second factor, which is set up first if there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from core.identity import IdentityError, TooManyAttempts, second_factor, sessions
from core.identity.sessions import ValidSession
from core.problems import Problem
from desk.access import check_form, check_origin, found_of
from desk.cookies import drop_session, keep_device, keep_session
from desk.pages import back, render
from desk.qr import svg
from desk.routes.provider import end_address
from desk.shell import shell_of

_PATH = "/desk/sign-in"
Text = Annotated[str, Form(max_length=1000)]


def own_path(path: str) -> str:
    """Returns ``path`` if it is one of the desk's pages, else the start page: no redirection leaves the desk."""
    plain = path.split("?", maxsplit=1)[0]
    ours = plain.startswith("/desk/") and "\\" not in path and "//" not in plain and path.isprintable()
    return path if ours else "/desk"


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(_PATH, name="desk_sign_in")
    async def ask(request: Request, next: str = "", break_glass: str = "") -> Response:
        found = await found_of(request)
        if found is not None and found.stage == sessions.OPEN:
            return back(own_path(next))
        if found is not None:
            return _second(request, found, next)
        passwords = shell_of(request).settings.desk_passwords or bool(break_glass)
        return render(request, None, "desk/sign_in.html", next=next, email="", error="", passwords=passwords)

    @routes.post(_PATH)
    async def password(request: Request, email: Text, password: Text, next: Text = "") -> Response:
        check_origin(request)
        shell = shell_of(request)
        try:
            token, _ = await shell.sign_in.password(email, password, shell.caller(request))
        except IdentityError as error:
            return _refused(request, error, "desk/sign_in.html", next=next, email=email[:254], passwords=True)
        answer = back(_PATH, next=next) if next else back(_PATH)
        keep_session(answer, shell, token)
        return answer

    @routes.post("/desk/sign-in/code")
    async def code(
        request: Request, found: Annotated[ValidSession, Depends(_on_the_way(sessions.SECOND))], code: Text, next: Text = ""
    ) -> Response:
        shell = shell_of(request)
        try:
            token = await shell.sign_in.code(found, code, shell.caller(request))
        except IdentityError as error:
            if (again := await found_of(request)) is None:  # too many wrong codes: back to the start
                passwords = shell.settings.desk_passwords
                return _refused(request, error, "desk/sign_in.html", next=next, email=found.staff.email, passwords=passwords)
            return _second(request, again, next, error)
        path = own_path(next)
        if second_factor.is_recovery(code) and path == "/desk":  # no page was asked for: a lost telephone comes first
            path = "/desk/account?done=desk_by_recovery"
        return _opened(request, found, token, path)

    @routes.get("/desk/second-factor")
    async def set_up(request: Request) -> Response:
        found = await found_of(request)
        if found is None or found.stage == sessions.SECOND:
            return back(_PATH)
        return await _enrolment(request, found)

    @routes.post("/desk/second-factor")
    async def prove(
        request: Request,
        found: Annotated[ValidSession, Depends(_on_the_way(sessions.ENROL, sessions.OPEN))],
        code: Text,
        password: Text = "",
        present: Text = "",
    ) -> Response:
        shell = shell_of(request)
        try:
            token, codes = await shell.sign_in.enrol(found, code, shell.caller(request), password=password, present=present)
        except IdentityError as error:
            if error.code == "confirm_ended":
                return back(_PATH, "desk_confirm_ended")
            return await _enrolment(request, found, error)
        answer = render(request, None, "desk/recovery.html", codes=codes)
        keep_session(answer, shell, token)
        keep_device(answer, shell, found.staff.id)
        return answer

    @routes.post("/desk/sign-out")
    async def sign_out(request: Request) -> Response:
        shell, found = shell_of(request), await found_of(request)
        answer: Response = back(_PATH, "desk_signed_out")
        if found is not None:
            await check_form(request, found)
            if address := await end_address(shell, found):
                # A page, not a redirection: our forms may lead to our own pages only (form-action).
                answer = render(request, None, "desk/onward.html", address=address, name=shell.settings.oidc_name)
            async with shell.database.write() as session:
                await sessions.end(session, found.staff.id, only=found.row.id)
        drop_session(answer, shell)
        return answer

    return routes


def _second(request: Request, found: ValidSession, next_path: str, error: IdentityError | None = None) -> Response:
    if found.stage == sessions.ENROL:
        return back("/desk/second-factor")
    token = shell_of(request).vault.form_token(found.row.id)
    if error is not None:
        return _refused(request, error, "desk/code.html", next=next_path, csrf=token)
    return render(request, None, "desk/code.html", next=next_path, csrf=token, error="")


async def _enrolment(request: Request, found: ValidSession, error: IdentityError | None = None) -> Response:
    shell = shell_of(request)
    secret = await shell.sign_in.pending_secret(found)
    address = second_factor.address(secret, email=found.staff.email, service=shell.settings.service_name)
    token = shell.vault.form_token(found.row.id)
    values: dict[str, Any] = {
        "qr": svg(address),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "csrf": token,
        "confirm": found.stage == sessions.OPEN,
    }
    if error is not None:
        return _refused(request, error, "desk/second_factor.html", **values)
    return render(request, None, "desk/second_factor.html", error="", **values)


def _on_the_way(*stages: str) -> Callable[[Request], Awaitable[ValidSession]]:
    """Returns a dependency that requires a session at one of ``stages``, and one of our forms. 401 or 403 without."""

    async def dependency(request: Request) -> ValidSession:
        found = await found_of(request)
        if found is None or found.stage not in stages:
            raise Problem(401, "desk.desk_sign_in_needed")
        await check_form(request, found)
        return found

    return dependency


def _opened(request: Request, found: ValidSession, token: str, path: str) -> Response:
    shell = shell_of(request)
    answer = back(path)
    keep_session(answer, shell, token)
    keep_device(answer, shell, found.staff.id)
    return answer


def _refused(request: Request, error: IdentityError, name: str, **values: Any) -> Response:
    shell = shell_of(request)
    said = shell.words.text("desk", f"desk_{error.code}", shell.language(request), error.values)
    status = 429 if isinstance(error, TooManyAttempts) else 422
    answer = render(request, None, name, status=status, error=said, **values)
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer
