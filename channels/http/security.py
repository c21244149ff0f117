"""Authentication of callers: a web client with its conversation's token, or one of our own processes with the secret."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from channels.http.deps import Deps
from channels.http.origins import allowed_site, site_of
from conversations.signing import BadToken
from core.database.models import Conversation
from core.problems import Problem
from core.secrets import is_one_of

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host")


def bearer_token(request: Request) -> str | None:
    """Returns the token in ``Authorization: Bearer``, unchecked; nothing without that."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def signed_in(request: Request) -> Conversation:
    """Returns the caller's conversation, by ``Authorization: Bearer``. 401 without. A FastAPI dependency."""
    token = bearer_token(request)
    if token is None:
        raise Problem(401)
    return await conversation_by_token(request.app.state.deps, token, request)


Caller = Annotated[Conversation, Depends(signed_in)]


async def conversation_by_token(deps: Deps, token: str, connection: HTTPConnection) -> Conversation:
    """Returns the conversation of a token, for the page that ``connection`` comes from.

    Raises ``Problem`` 401 if the token is forged or expired, was given to a page of another site, that site may no longer embed
    the widget, or the conversation is gone.
    """
    try:
        identifier, site = deps.signing.conversation(token)
    except BadToken:
        raise Problem(401) from None
    if site != site_of(deps.settings, connection) or not allowed_site(deps.settings, site):
        raise Problem(401)
    current = await deps.reply_reader.read(identifier)
    if current is None:
        raise Problem(401)
    return current.conversation


def shows_secret(deps: Deps, connection: HTTPConnection) -> bool:
    """Decides whether the caller sends the secret of our own processes."""
    secret = connection.headers.get("x-guichet-secret", "")
    return is_one_of(secret, deps.settings.internal_secrets)


def is_local(connection: HTTPConnection) -> bool:
    """Decides whether the caller is on this machine itself. A request passed on by a proxy on this machine is not.

    If the gateway listens on one address of a network, a caller from this machine has that same address.
    """
    host = connection.client.host if connection.client else ""
    own, _ = connection.scope.get("server") or ("", 0)
    return bool(host) and host in ("127.0.0.1", "::1", own) and not any(name in connection.headers for name in _FORWARDED)


def is_from_here(deps: Deps, connection: HTTPConnection) -> bool:
    """Decides whether the caller is surely on this machine: never behind a reverse proxy, which may hide another caller."""
    return is_local(connection) and not deps.settings.is_proxied


def operations_only(deps: Deps) -> Callable[[Request], Awaitable[None]]:
    """Returns a dependency for health and metrics: the secret, also as a bearer token; without a proxy also this machine."""
    expected = [f"Bearer {secret}" for secret in deps.settings.internal_secrets]

    async def dependency(request: Request) -> None:
        secret = request.headers.get("authorization", "")
        if not (is_from_here(deps, request) or shows_secret(deps, request) or is_one_of(secret, expected)):
            raise Problem(403)

    return dependency


def internal_only(deps: Deps) -> Callable[[Request], Awaitable[None]]:
    """Returns a dependency for our own tools: allows this machine, with the secret."""

    async def dependency(request: Request) -> None:
        if not (is_local(request) and shows_secret(deps, request)):
            raise Problem(403)

    return dependency
