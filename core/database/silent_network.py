"""Connections to PostgreSQL over a network that fails without a word: both sides notice within seconds, not after a quarter of
an hour or two hours, as TCP alone would.
"""

from __future__ import annotations

import os
import socket
from contextlib import closing
from typing import Any

_CONNECT_SECONDS = 5.0
_IDLE_SECONDS, _INTERVAL_SECONDS, _PROBES = 5, 2, 3  # of keep-alives: silence is noticed after eleven seconds
_UNACKNOWLEDGED_MS = 10_000
_SOCKET_OPTIONS = {  # Linux has them all
    "TCP_KEEPIDLE": _IDLE_SECONDS,
    "TCP_KEEPINTVL": _INTERVAL_SECONDS,
    "TCP_KEEPCNT": _PROBES,
    "TCP_USER_TIMEOUT": _UNACKNOWLEDGED_MS,
}
_SERVER = {  # so that a machine that is gone keeps no lock: PostgreSQL rolls its transactions back
    "tcp_keepalives_idle": str(_IDLE_SECONDS),
    "tcp_keepalives_interval": str(_INTERVAL_SECONDS),
    "tcp_keepalives_count": str(_PROBES),
    "tcp_user_timeout": str(_UNACKNOWLEDGED_MS),
}


async def connect(*arguments: Any, **options: Any) -> Any:
    """Returns a new connection. Raises ``ConnectionError`` also where no route leads there, and where nobody answers."""
    import asyncpg  # noqa: PLC0415 - an installation with SQLite never needs it

    try:
        return await asyncpg.connect(*arguments, **options)
    except ConnectionError:
        raise
    except OSError as error:  # TimeoutError is one
        raise ConnectionError(str(error) or "no answer") from error


CONNECT_ARGUMENTS: dict[str, Any] = {
    "async_creator_fn": connect,
    "timeout": _CONNECT_SECONDS,
    "server_settings": _SERVER,
}
"""Of SQLAlchemy's dialect for asyncpg."""


def notice_silence(connection: Any, _record: Any) -> None:
    """Sets this side of a new connection of asyncpg; a listener of the engine's event ``connect``."""
    transport = connection.driver_connection._transport  # asyncpg shows its socket nowhere else
    with closing(socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))) as own:
        if own.family == socket.AF_UNIX:
            return
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _SOCKET_OPTIONS.items():
            if (option := getattr(socket, name, None)) is not None:
                own.setsockopt(socket.IPPROTO_TCP, option, value)
