"""Clients of the action server, for the gateway, the worker, the publisher, the desks and the commands.

A proxy in the environment (``HTTP_PROXY``) is never used: it cannot reach this machine's loopback, and it would see the
secret.
"""

import ssl
from typing import TypedDict

import httpx

from core.settings import Settings
from core.web.tls_context import tls_context


class _Common(TypedDict):
    base_url: str
    headers: dict[str, str]
    timeout: float
    trust_env: bool
    verify: ssl.SSLContext


def action_server(
    settings: Settings, *, seconds: float, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Returns a client that sends the secret and waits ``seconds`` for an answer. The caller closes it."""
    return httpx.AsyncClient(**_common(settings, seconds), transport=transport)


def blocking_action_server(settings: Settings, *, seconds: float, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Returns the same for code without an event loop."""
    return httpx.Client(**_common(settings, seconds), transport=transport)


def _common(settings: Settings, seconds: float) -> _Common:
    return {
        "base_url": settings.actions_url,
        "headers": settings.internal_headers,
        "timeout": seconds,
        "trust_env": False,
        "verify": tls_context(),
    }
