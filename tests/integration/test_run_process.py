"""``./guichet run``: one process of the service, as systemd and containers start it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from core.settings import ROOT
from tests.integration.migrated import migrated
from tests.integration.servers import free_port
from tests.waiting import until


def _environment(home: Path, port: int, redis_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "GUICHET_LANG": "en",
        "GUICHET_HOME": str(home),
        "GUICHET_PORT": str(port),
        "REDIS_URL": redis_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{home / 'guichet.db'}",
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": "internal-secret",
        "GUICHET_ADDRESS_KEY": "address-key",
    }


async def test_a_process_is_run_in_the_commands_place_and_ends_in_order(tmp_path: Path, redis_url: str) -> None:
    port = free_port()
    environment = _environment(tmp_path, port, redis_url)
    await migrated(environment["DATABASE_URL"])
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "cli", "run", "gateway", cwd=ROOT, env=environment)
    try:
        async with httpx.AsyncClient() as http:

            async def lives() -> bool:
                try:
                    return (await http.get(f"http://127.0.0.1:{port}/health/live")).status_code == httpx.codes.OK
                except httpx.TransportError:
                    return False

            assert await until(lives)
        assert process.returncode is None  # the command itself became the gateway
    finally:
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), 30)
    assert code in (0, -signal.SIGTERM)


def test_a_process_that_there_is_not_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "run", "coffee"]
    environment = _environment(tmp_path, 8080, "redis://127.0.0.1:1")
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "gateway" in told.stderr
