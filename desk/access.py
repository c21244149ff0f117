"""Who asks, and whether they may: dependencies for routes, and what keeps an eye on sockets and streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from fastapi import Request, WebSocket
from starlette.requests import HTTPConnection

from core.identity import Right, Staff, sessions
from core.identity.sessions import Found
from core.problems import Problem
from core.web.network import is_same_host
from desk.shell import Shell, shell_of

_SECRETS = "/desk/account/"  # what is typed there, passwords, no page carries
SAFE = ("GET", "HEAD", "OPTIONS")
NOT_SIGNED_IN, FORBIDDEN = 4401, 4403  # close codes of sockets


class SignInNeeded(Exception):
    """A browser without a session: it is sent to the sign-in page."""


class FormHeld(Exception):
    """A form of ours came after its session had ended: what was written in it is shown, to be sent again by ``staff`` if
    somebody has signed in meanwhile."""

    def __init__(self, staff: Staff | None, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__("form held")
        self.staff = staff
        self.fields = fields


class SignedOut(Exception):
    """The session, or the right, ended while the answer was on its way."""


def signed_in(right: Right | None = None) -> Callable[[Request], Awaitable[Staff]]:
    """Returns a dependency: who is signed in, and has ``right`` (``None``: whoever is signed in). 401 or 403 without."""

    async def dependency(request: Request) -> Staff:
        shell = shell_of(request)
        found = await found_of(request)
        if found is None or found.stage != sessions.OPEN:
            if wants_page(request) and request.method == "GET":
                raise SignInNeeded
            await _hold(request, None)
            raise Problem(401, "desk.desk_sign_in_needed")
        if request.method not in SAFE:
            try:
                await check_form(request, found)
            except Problem:
                await _hold(request, found.staff)
                raise
        # Whoever may not do this is signed in all the same: the page that says so is theirs, in their language.
        request.state.staff = found.staff
        request.state.language = shell.language(request, found.staff)
        if right is not None and not found.staff.may(right):
            raise Problem(403, "desk.desk_no_right")
        return await shell.in_language(request, found.staff)

    return dependency


async def found_of(connection: HTTPConnection) -> Found | None:
    """Returns the living session of a request's cookie, whatever its stage."""
    shell = shell_of(connection)
    return await sessions.find(shell.database, connection.cookies.get(shell.cookie, ""), shell.settings)


def wants_page(request: Request) -> bool:
    """Decides whether a browser asks for something to show."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def check_form(request: Request, found: Found) -> None:
    """Raise 403 unless an unsafe request comes from a page of ours, of this very session."""
    check_origin(request)
    shown = request.headers.get("x-csrf-token", "")
    if not shown and request.headers.get("content-type", "").startswith(("application/x-www-form", "multipart/form-data")):
        field = (await request.form()).get("csrf", "")
        shown = field if isinstance(field, str) else ""
    if not shell_of(request).vault.knows_form(shown, found.row.id):
        raise Problem(403, "desk.desk_form_stale")


async def _hold(request: Request, staff: Staff | None) -> None:
    """Raise ``FormHeld`` for a page's form that the browser itself says to be ours. Files and secrets are not held."""
    form_sent = request.headers.get("content-type", "").startswith(("application/x-www-form", "multipart/form-data"))
    unsure = "origin" not in request.headers or not wants_page(request)
    if not form_sent or unsure or request.url.path.startswith(_SECRETS):
        return
    check_origin(request)
    sent = (await request.form()).multi_items()
    fields = [(name, value) for name, value in sent if isinstance(value, str) and name != "csrf"]
    if fields and all(isinstance(value, str) for _, value in sent):
        raise FormHeld(staff, fields)


def check_origin(connection: HTTPConnection) -> None:
    """Raise 403 if a browser says that another site caused this request."""
    site = connection.headers.get("sec-fetch-site", "same-origin")
    origin = connection.headers.get("origin")
    settings = shell_of(connection).settings
    ours = origin is None or origin == settings.base_url or is_same_host(origin, connection.headers.get("host", ""))
    if site not in ("same-origin", "none") or not ours:
        raise Problem(403, "desk.desk_form_stale")


@asynccontextmanager
async def signed_in_socket(websocket: WebSocket, right: Right) -> AsyncIterator[Staff]:
    """Accept a socket of whoever has ``right``; while it is open, the block is cancelled if session or right end.

    Without them the socket is closed with 4401 or 4403, and the block never runs: the route ends there, by an exception
    that the shell knows.
    """
    staff = await _staff_of(websocket, right)
    if staff is None:
        raise SocketRefused
    try:
        async with live(websocket, staff, right):
            yield staff
    except SignedOut:
        with suppress(RuntimeError):  # the other side was quicker
            await websocket.close(NOT_SIGNED_IN)


class SocketRefused(Exception):
    """The socket was closed already; nothing more is to be said."""


async def _staff_of(websocket: WebSocket, right: Right) -> Staff | None:
    try:
        if "origin" not in websocket.headers:
            raise Problem(403)
        check_origin(websocket)
        found = await found_of(websocket)
    except Problem:
        await websocket.close(FORBIDDEN)
        return None
    await websocket.accept()  # a close before it reads as 403 to a browser, without the code
    if found is None or found.stage != sessions.OPEN:
        await websocket.close(NOT_SIGNED_IN)
        return None
    if not found.staff.may(right):
        await websocket.close(FORBIDDEN)
        return None
    return found.staff


@asynccontextmanager
async def live(connection: HTTPConnection, staff: Staff, right: Right) -> AsyncIterator[None]:
    """For long answers: the block is cancelled, and ``SignedOut`` raised, within 5 s of the end of the session or the right."""
    shell: Shell = shell_of(connection)
    try:
        async with asyncio.timeout(None) as life:
            with shell.watch.watching(staff.session, right, lambda: life.reschedule(0)):
                yield
    except TimeoutError:
        if life.expired():
            raise SignedOut from None
        raise
