"""PostgreSQL restarted, or away for some seconds as after a crash. Only if it runs on this machine and may be stopped."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator

import psutil
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.language import Refusal
from core.database import Database
from core.settings import Settings
from tools.bench.faults.fault import Fault
from tools.bench.load import Load

_BACKEND = text("SELECT pg_backend_pid()")
_END_SECONDS = 60.0
_LOOK_SECONDS, _LOOKS = 0.2, 600  # after a crash it replays its log first


def postgresql_faults(settings: Settings, away_seconds: float) -> Iterator[Fault]:
    """Yields PostgreSQL's faults: stopped properly and started again; crashed and away for so many seconds. None with
    SQLite.
    """
    if not settings.sql_url.startswith("postgresql"):
        return
    yield _ended(settings, "restarted", signal.SIGINT, 0)
    yield _ended(settings, "away", signal.SIGQUIT, away_seconds)


def _ended(settings: Settings, name: str, how: signal.Signals, away_seconds: float) -> Fault:
    async def happen(_: Load) -> None:
        server = await _server(settings)
        argv, folder, environment, owner = server.cmdline(), server.cwd(), server.environ(), server.uids().real
        group = server.gids().real
        server.send_signal(how)
        await asyncio.to_thread(server.wait, _END_SECONDS)
        await asyncio.sleep(away_seconds)
        as_root = psutil.Process().uids().effective == 0

        def again() -> None:
            """Starts PostgreSQL again. If another supervisor has done so, the new one finds the folder in use and ends."""
            subprocess.Popen(  # noqa: S603 - as it was started before
                argv,
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                user=owner if as_root else None,
                group=group if as_root else None,
                extra_groups=[] if as_root else None,
            )

        await asyncio.to_thread(again)
        for _look in range(_LOOKS):
            if await _answers(settings):
                break
            await asyncio.sleep(_LOOK_SECONDS)

    return Fault(f"postgresql-{name}", happen)


async def _server(settings: Settings) -> psutil.Process:
    """Returns the process that serves the database. Raises ``Refusal`` if it is not on this machine, or belongs to another
    user.
    """
    database = Database(settings.sql_url)
    try:
        async with database.read() as session:
            backend = psutil.Process((await session.execute(_BACKEND)).scalar_one())
        server = backend.parent()
        if server is not None and "postgres" in server.name():
            server.environ()  # a test for the right to stop it
            return server
    except psutil.Error:
        pass
    finally:
        await database.close()
    raise Refusal(
        "PostgreSQL doit tourner sur cette machine, sous votre compte ou celui que root peut arrêter.",
        "PostgreSQL must run on this machine, as your user, or be stopped by root.",
    )


async def _answers(settings: Settings) -> bool:
    database = Database(settings.sql_url)
    try:
        async with database.read() as session:
            await session.execute(_BACKEND)
    except (DBAPIError, OSError):
        return False
    finally:
        await database.close()
    return True
