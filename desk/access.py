"""Access to the desk: dependencies for routes, and the supervision of sockets and streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from fastapi import Request, WebSocket
from starlette.datastructures import FormData
from starlette.requests import HTTPConnection

from core.identity import IdentityError, Right, Staff, sessions
from core.identity.sessions import ValidSession
from core.problems import Problem
from core.web.network import is_same_host
from core.web.upload_time import allow_upload
from desk.shell import Shell, shell_of

_SECRETS = "/desk/account/"  # no page repeats what is typed there, such as passwords
_CONFIRMATION = ("confirm_password", "confirm_code")
SAFE = ("GET", "HEAD", "OPTIONS")
NOT_SIGNED_IN, FORBIDDEN = 4401, 4403  # close codes of sockets


class SignInNeeded(Exception):
    """A browser without a session: it is redirected to the sign-in page."""


class ExpiredForm(Exception):
    """A form whose session has ended. Its content is shown, so that ``staff``, if signed in again, can send it again."""

    def __init__(self, staff: Staff | None, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__("form held")
        self.staff = staff
        self.fields = fields


class ConfirmationNeeded(Exception):
    """A form about an account: ``staff`` must give password and code again, and sends it again with them."""

    def __init__(self, staff: Staff, fields: Sequence[tuple[str, str]], error: IdentityError | None = None) -> None:
        super().__init__("confirmation needed")
        self.staff = staff
        self.fields = fields
        self.error = error


class SignedOut(Exception):
    """The session, or the right, ended during the answer."""


def signed_in(right: Right | None = None) -> Callable[[Request], Awaitable[Staff]]:
    """Returns a dependency that gives the signed-in member of staff with ``right`` (``None``: any). 401 or 403 without."""

    async def dependency(request: Request) -> Staff:
        shell = shell_of(request)
        session = await session_of(request)
        if session is None or session.stage != sessions.OPEN:
            if wants_page(request) and request.method == "GET":
                raise SignInNeeded
            await _raise_expired_form(request, None)
            raise Problem(401, "desk.desk_sign_in_needed")
        allow_upload(request.scope)
        if request.method not in SAFE:
            try:
                await check_form(request, session)
            except Problem:
                await _raise_expired_form(request, session.staff)
                raise
        # A person without this right is still signed in: the error page is in their language.
        request.state.staff = session.staff
        request.state.language = shell.language(request, session.staff)
        if right is not None and not session.staff.may(right):
            raise Problem(403, "desk.desk_no_right")
        return await shell.in_language(request, session.staff)

    return dependency


def confirmed(right: Right) -> Callable[[Request], Awaitable[Staff]]:
    """Returns the dependency ``signed_in(right)`` for forms that change an account: an open session is not enough for them.

    Password and code are asked for again, unless they were given within ``desk_confirm_minutes``. 403 for programs.
    """
    dependency_signed_in = signed_in(right)

    async def dependency(request: Request) -> Staff:
        staff, found, shell = await dependency_signed_in(request), await session_of(request), shell_of(request)
        if found is not None and shell.sign_in.is_confirmed(found):
            return staff
        form = await request.form()
        password, code = (str(form.get(name, "")) for name in _CONFIRMATION)
        error: IdentityError | None = None
        if password or code:
            try:
                await shell.sign_in.confirm(staff, password[:1000], code[:1000])
            except IdentityError as refused:
                error = refused
            else:
                return staff
        if not wants_page(request):
            raise Problem(403, "desk.desk_confirm_needed")
        raise ConfirmationNeeded(staff, _typed(form), error)

    return dependency


async def session_of(connection: HTTPConnection) -> ValidSession | None:
    """Returns the valid session of a request's cookie, whatever its stage."""
    shell = shell_of(connection)
    return await sessions.find(shell.database, connection.cookies.get(shell.cookie, ""), shell.settings)


def wants_page(request: Request) -> bool:
    """Decides whether a browser asks for a page."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def check_form(request: Request, session: ValidSession) -> None:
    """Raises 403 unless an unsafe request comes from one of our pages, in this session."""
    check_origin(request)
    shown = request.headers.get("x-csrf-token", "")
    if not shown and request.headers.get("content-type", "").startswith(("application/x-www-form", "multipart/form-data")):
        field = (await request.form()).get("csrf", "")
        shown = field if isinstance(field, str) else ""
    if not shell_of(request).vault.knows_form(shown, session.row.id):
        raise Problem(403, "desk.desk_form_stale")


async def _raise_expired_form(request: Request, staff: Staff | None) -> None:
    """Raises ``ExpiredForm`` for a form if the browser confirms that it comes from our page. Not for files and secrets."""
    form_sent = request.headers.get("content-type", "").startswith(("application/x-www-form", "multipart/form-data"))
    unsure = "origin" not in request.headers or not wants_page(request)
    if not form_sent or unsure or request.url.path.startswith(_SECRETS):
        return
    check_origin(request)
    form = await request.form()
    fields = _typed(form)
    if fields and all(isinstance(value, str) for value in form.values()):
        raise ExpiredForm(staff, fields)


def _typed(form: FormData) -> list[tuple[str, str]]:
    """Returns the fields that a page may show again: neither the token nor a password or code."""
    return [(k, v) for k, v in form.multi_items() if isinstance(v, str) and k not in ("csrf", *_CONFIRMATION)]


def check_origin(connection: HTTPConnection) -> None:
    """Raises 403 if a browser says that another site caused this request."""
    site = connection.headers.get("sec-fetch-site", "same-origin")
    origin = connection.headers.get("origin")
    settings = shell_of(connection).settings
    is_ours = origin is None or origin == settings.base_url or is_same_host(origin, connection.headers.get("host", ""))
    if site not in ("same-origin", "none") or not is_ours:
        raise Problem(403, "desk.desk_form_stale")


@asynccontextmanager
async def signed_in_socket(websocket: WebSocket, right: Right) -> AsyncIterator[Staff]:
    """Accepts the socket of a member of staff with ``right``. The block is cancelled if the session or the right ends.

    Otherwise the socket is closed with 4401 or 4403, and the block never runs: the route ends with an exception that the shell
    handles.
    """
    staff = await _staff_of(websocket, right)
    if staff is None:
        raise SocketRefused
    try:
        async with while_signed_in(websocket, staff, right):
            yield staff
    except SignedOut:
        with suppress(RuntimeError):  # the other side has closed it already
            await websocket.close(NOT_SIGNED_IN)


class SocketRefused(Exception):
    """The socket is closed already; nothing more can be sent."""


async def _staff_of(websocket: WebSocket, right: Right) -> Staff | None:
    try:
        if "origin" not in websocket.headers:
            raise Problem(403)
        check_origin(websocket)
        session = await session_of(websocket)
    except Problem:
        await websocket.close(FORBIDDEN)
        return None
    await websocket.accept()  # a close before it looks like 403 to a browser, without the code
    if session is None or session.stage != sessions.OPEN:
        await websocket.close(NOT_SIGNED_IN)
        return None
    if not session.staff.may(right):
        await websocket.close(FORBIDDEN)
        return None
    return session.staff


@asynccontextmanager
async def while_signed_in(connection: HTTPConnection, staff: Staff, right: Right) -> AsyncIterator[None]:
    """Cancels the block and raises ``SignedOut`` within 5 s of the end of the session or the right. For long answers."""
    shell: Shell = shell_of(connection)
    try:
        async with asyncio.timeout(None) as life:
            with shell.watch.watching(staff.session, right, lambda: life.reschedule(0)):
                yield
    except TimeoutError:
        if life.expired():
            raise SignedOut from None
        raise
