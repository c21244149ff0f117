"""``/desk/oidc``: to the administration's identity provider, and back from it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import structlog
from cryptography.fernet import InvalidToken
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from core.identity import IdentityError
from core.identity.oidc import Client, PendingSignIn
from core.identity.sessions import ValidSession
from core.problems import Problem
from desk.cookies import delete_sign_in_cookie, set_device_cookie, set_session_cookie, set_sign_in_cookie
from desk.pages import back, render, sign_in_problem_page
from desk.shell import Shell, shell_of

log = structlog.get_logger(__name__)
_MINUTES = 10  # from leaving for the provider to coming back
# The provider remembers the last person: without a way to sign in as another one, they would be refused again and again.
_OTHER_MAY_HELP = ("oidc_unknown", "oidc_no_role", "oidc_no_email", "oidc_other_person", "oidc_level")


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/desk/oidc")
    async def start(request: Request, next: str = "", other: bool = False) -> Response:
        shell, client = _provider_of(request)
        try:
            address, started = await client.begin(next[:1000], shell.language(request), other=other)
        except IdentityError as error:
            log.warning("sign_in_refused", code=error.code, reason=_reason(error))
            return _failure_page(request, error.code, error.values)
        answer = RedirectResponse(address, 303)
        _set_started(answer, shell, started)
        return answer

    @routes.get("/desk/oidc/callback")
    async def callback(request: Request, state: str = "", code: str = "", iss: str = "", error: str = "") -> Response:
        shell, client = _provider_of(request)
        try:
            started = _read_started(shell, request, state)
        except IdentityError as stale:  # a newer sign-in of this browser, in another tab, is kept
            log.warning("sign_in_refused", code=stale.code, reason="")
            return _failure_page(request, stale.code, stale.values)
        request.state.language = started.language
        if started.refused:  # the same page again: reloaded, or in the other language
            return _failure_page(request, started.refused, started.values)
        try:
            if error:
                raise IdentityError("oidc_cancelled" if error == "access_denied" else "oidc_refused")
            identity = await client.finish(started, code, iss)
            token, staff = await shell.sign_in.from_provider(identity, shell.caller(request))
        except IdentityError as refusal:
            if refusal.code in ("oidc_untrusted", "oidc_level"):
                await shell.sign_in.note_refusal(refusal.code)
            log.warning("sign_in_refused", code=refusal.code, reason=_reason(refusal))
            answer = _failure_page(request, refusal.code, refusal.values)
            if refusal.code != "oidc_unreachable":  # then a reload may continue, once the provider answers
                _set_started(answer, shell, replace(started, refused=refusal.code, values=dict(refusal.values)))
            return answer
        # A page, not a redirection: the session's cookie is strict, so browsers send it only with requests from our own pages.
        answer = render(
            request, None, "desk/onward.html", name="", address="/desk/sign-in?" + urlencode({"next": started.next})
        )
        delete_sign_in_cookie(answer, shell)
        set_session_cookie(answer, shell, token)
        if staff:
            set_device_cookie(answer, shell, staff)
        return answer

    @routes.get("/desk/oidc/signed-out")
    async def signed_out() -> Response:
        return back("/desk/sign-in", "desk_signed_out")

    return routes


async def end_address(shell: Shell, session: ValidSession) -> str:
    """Returns the address to end the session at the provider; empty if it did not begin there, or the provider is silent."""
    if shell.provider is None or session.row.id_token is None:
        return ""
    try:
        return await shell.provider.end_address(shell.vault.decrypt(session.row.id_token))
    except (IdentityError, InvalidToken):
        return ""


def _provider_of(request: Request) -> tuple[Shell, Client]:
    shell = shell_of(request)
    if shell.provider is None:
        raise Problem(404)
    return shell, shell.provider


def _read_started(shell: Shell, request: Request, state: str) -> PendingSignIn:
    """Returns what this browser keeps of the sign-in with ``state``. Raises ``IdentityError`` ``oidc_stale``."""
    cookie = request.cookies.get(shell.started_cookie, "")
    try:
        started = PendingSignIn.load(shell.vault.decrypt(cookie.encode(), seconds=_MINUTES * 60))
    except (InvalidToken, ValueError, TypeError):
        raise IdentityError("oidc_stale") from None
    if not shell.vault.same(state, started.state):
        raise IdentityError("oidc_stale")
    return started


def _set_started(answer: Response, shell: Shell, started: PendingSignIn) -> None:
    set_sign_in_cookie(answer, shell, shell.vault.encrypt(started.dump()).decode(), minutes=_MINUTES)


def _reason(error: IdentityError) -> str:
    """Returns the reason of ``error`` for the log, in addition to its code."""
    return str(getattr(error, "reason", ""))


def _failure_page(request: Request, code: str, values: Mapping[str, Any]) -> Response:
    """Returns the page that says why the sign-in failed, and how to begin again; as another person if that may help."""
    shell = shell_of(request)
    filled = dict(values) | {"name": shell.settings.oidc_name}
    detail = shell.words.text("desk", f"desk_{code}", shell.language(request), filled)
    return sign_in_problem_page(
        request, detail, status=503 if code == "oidc_unreachable" else 403, other=code in _OTHER_MAY_HELP
    )
