"""Options of a connection to PostgreSQL by which silence is noticed."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
import uvloop

from core.database.silent_network import CONNECT_ARGUMENTS, connect, notice_silence


async def _keeps_alive(own: socket.socket) -> tuple[int, int]:
    """Whether keep-alives are sent on a connection over ``own``, and after what silence what was sent counts as lost (ms)."""
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=own)
    connection: Any = SimpleNamespace(driver_connection=SimpleNamespace(_transport=transport))
    notice_silence(connection, None)
    limit = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) if own.family != socket.AF_UNIX else 0
    found = own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), limit
    transport.close()
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_USER_TIMEOUT is Linux's")
@pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_silence_is_noticed_on_both_event_loops(factory: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, asyncio.Runner(loop_factory=factory) as runner:
        keepalive, limit = runner.run(_keeps_alive(socket.create_connection(server.getsockname())))
    assert keepalive == 1
    assert limit == 10_000


def test_a_unix_socket_has_no_such_options() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        assert asyncio.run(_keeps_alive(ours)) == (0, 0)


def test_postgresql_is_asked_to_notice_silence_too() -> None:
    assert set(CONNECT_ARGUMENTS["server_settings"]) >= {"tcp_keepalives_idle", "tcp_user_timeout"}


@pytest.mark.parametrize("error", [OSError(errno.EHOSTUNREACH, "No route to host"), TimeoutError(), ConnectionRefusedError()])
async def test_a_server_out_of_reach_is_a_connection_error(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    """Of which the gateway makes 503: the sender tries again."""

    async def fails(**_: object) -> None:
        raise error

    monkeypatch.setattr(asyncpg, "connect", fails)
    with pytest.raises(ConnectionError):
        await connect(host="192.0.2.1")
