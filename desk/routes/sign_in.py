"""Signing in and out: a password, then a code of the second factor, which is set up first if there is none."""

import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Form, Request, Response
from markupsafe import Markup

from core.identity import IdentityError, TooManyAttempts, TooManyCodes, second_factor, sessions
from core.identity.sessions import ValidSession
from core.problems import Problem
from desk.access import check_form, check_origin, session_of
from desk.cookies import delete_session_cookie, set_device_cookie, set_session_cookie
from desk.pages import back, render
from desk.routes.provider import end_address
from desk.shell import shell_of

_PATH = "/desk/sign-in"
Text = Annotated[str, Form(max_length=1000)]


def safe_path(path: str) -> str:
    """Returns ``path`` if it is one of the desk's pages, else the start page: no redirection leaves the desk."""
    plain = path.split("?", maxsplit=1)[0]
    is_ours = plain.startswith("/desk/") and "\\" not in path and "//" not in plain and path.isprintable()
    return path if is_ours else "/desk"


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get(_PATH, name="desk_sign_in")
    async def ask(request: Request, next: str = "", break_glass: str = "") -> Response:
        current = await session_of(request)
        if current is not None and current.stage == sessions.OPEN:
            return back(safe_path(next))
        if current is not None:
            return _code_page(request, current, next)
        passwords = shell_of(request).settings.desk_passwords or bool(break_glass)
        return render(request, None, "desk/sign_in.html", next=next, email="", error="", passwords=passwords)

    @routes.post(_PATH)
    async def password(request: Request, email: Text, password: Text, next: Text = "") -> Response:
        check_origin(request)
        shell = shell_of(request)
        try:
            token, _ = await shell.sign_in.password(email, password, shell.caller(request))
        except IdentityError as error:
            return _failure_page(request, error, "desk/sign_in.html", next=next, email=email[:254], passwords=True)
        answer = back(_PATH, next=next) if next else back(_PATH)
        set_session_cookie(answer, shell, token)
        return answer

    @routes.post("/desk/sign-in/code")
    async def code(
        request: Request,
        current: Annotated[ValidSession, Depends(_require_stage(sessions.SECOND))],
        code: Text,
        next: Text = "",
    ) -> Response:
        shell = shell_of(request)
        try:
            token = await shell.sign_in.code(current, code, shell.caller(request))
        except IdentityError as error:
            return await _after_wrong_code(request, current, next, error)
        path = safe_path(next)
        if second_factor.is_recovery(code) and path == "/desk":  # no page was asked for: a lost telephone comes first
            path = "/desk/account?done=desk_by_recovery"
        answer = back(path)
        set_session_cookie(answer, shell, token)
        set_device_cookie(answer, shell, current.staff.id)
        return answer

    @routes.get("/desk/second-factor")
    async def set_up(request: Request) -> Response:
        current = await session_of(request)
        if current is None or current.stage == sessions.SECOND:
            return back(_PATH)
        return await _enrolment(request, current)

    @routes.post("/desk/second-factor")
    async def prove(
        request: Request,
        current: Annotated[ValidSession, Depends(_require_stage(sessions.ENROL, sessions.OPEN))],
        code: Text,
        password: Text = "",
        present: Text = "",
    ) -> Response:
        shell = shell_of(request)
        try:
            token, codes = await shell.sign_in.enrol(current, code, shell.caller(request), password=password, present=present)
        except IdentityError as error:
            if error.code == "confirm_ended":
                return back(_PATH, "desk_confirm_ended")
            return await _enrolment(request, current, error)
        answer = await _recovery_page(request, current, codes)
        set_session_cookie(answer, shell, token)
        set_device_cookie(answer, shell, current.staff.id)
        return answer

    @routes.post("/desk/sign-out")
    async def sign_out(request: Request) -> Response:
        shell, current = shell_of(request), await session_of(request)
        answer: Response = back(_PATH, "desk_signed_out")
        if current is not None:
            await check_form(request, current)
            if address := await end_address(shell, current):
                # A page, not a redirection: our forms may lead to our own pages only (form-action).
                answer = render(request, None, "desk/onward.html", address=address, name=shell.settings.oidc_name)
            async with shell.database.write() as session:
                await sessions.end(session, current.staff.id, only=current.row.id)
        delete_session_cookie(answer, shell)
        return answer

    return routes


async def _after_wrong_code(request: Request, current: ValidSession, next_path: str, error: IdentityError) -> Response:
    """Returns the page for the next code, or for the password, if the session has ended: too many wrong codes."""
    if isinstance(error, TooManyCodes) and error.just_now:
        await _notify_owner(request, current, "codes_held")
    if (again := await session_of(request)) is not None:
        return _code_page(request, again, next_path, error)
    passwords = shell_of(request).settings.desk_passwords
    return _failure_page(request, error, "desk/sign_in.html", next=next_path, email=current.staff.email, passwords=passwords)


def _code_page(request: Request, current: ValidSession, next_path: str, error: IdentityError | None = None) -> Response:
    if current.stage == sessions.ENROL:
        return back("/desk/second-factor")
    token = shell_of(request).vault.form_token(current.row.id)
    if error is not None:
        return _failure_page(request, error, "desk/code.html", next=next_path, csrf=token)
    return render(request, None, "desk/code.html", next=next_path, csrf=token, error="")


async def _recovery_page(request: Request, current: ValidSession, codes: Sequence[str]) -> Response:
    """Tells the owner of the account by e-mail of the new second factor, and returns the page with its recovery codes."""
    await _notify_owner(request, current, "second_factor")
    return render(request, None, "desk/recovery.html", codes=codes)


async def _notify_owner(request: Request, current: ValidSession, name: str) -> None:
    shell = shell_of(request)
    async with shell.database.write() as session:
        shell.notify_owner(session, name, current.staff.id, current.staff.language)


async def _enrolment(request: Request, current: ValidSession, error: IdentityError | None = None) -> Response:
    shell = shell_of(request)
    secret = await shell.sign_in.pending_secret(current)
    address = second_factor.address(secret, email=current.staff.email, service=shell.settings.service_name)
    token = shell.vault.form_token(current.row.id)
    values: dict[str, Any] = {
        "qr": _qr_code(address),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "csrf": token,
        "confirm": current.stage == sessions.OPEN,
    }
    if error is not None:
        return _failure_page(request, error, "desk/second_factor.html", **values)
    return render(request, None, "desk/second_factor.html", error="", **values)


def _qr_code(text: str) -> Markup:
    """Returns ``text`` as SVG inside the page, so that the secret stays in it. Screen readers get the same text beside it."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, dark="#000", light="#fff", omitsize=False
    )
    drawn = out.getvalue().decode()
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - made of squares only


def _require_stage(*stages: str) -> Callable[[Request], Awaitable[ValidSession]]:
    """Returns a dependency that requires a session at one of ``stages``, and one of our forms. 401 or 403 without."""

    async def dependency(request: Request) -> ValidSession:
        current = await session_of(request)
        if current is None or current.stage not in stages:
            raise Problem(401, "desk.desk_sign_in_needed")
        await check_form(request, current)
        return current

    return dependency


def _failure_page(request: Request, error: IdentityError, name: str, **values: Any) -> Response:
    shell = shell_of(request)
    message = shell.error_text(error, shell.language(request))
    status = 429 if isinstance(error, TooManyAttempts) else 422
    answer = render(request, None, name, status=status, error=message, **values)
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer
