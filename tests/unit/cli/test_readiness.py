"""Which processes are taken for ready: what ``status`` and ``doctor`` say, and what ``up`` and ``restart`` wait for."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from cli.processes import Process
from cli.stack import is_ready
from cli.supervisor import State
from core.settings import Settings

_SECRET = SecretStr("secret")
_SETTINGS = Settings(_env_file=None, secret_key=_SECRET, internal_secret=_SECRET, address_key=_SECRET)
_WORKER = Process("worker", [], has_holder=True)
_PUBLISHER = Process("publisher", [])
_GATEWAY = Process("gateway", [], health="http://127.0.0.1:1/health/live", has_holder=True)


@pytest.mark.parametrize(
    ("process", "state", "told", "health", "expected"),
    [
        (_WORKER, "running", True, 200, True),
        (_WORKER, "running", False, 200, False),  # started: it still imports, and answers nobody
        (_WORKER, "stopped", False, 200, False),
        (_PUBLISHER, "running", False, 200, True),
        (_PUBLISHER, "backoff", False, 200, False),
        (_GATEWAY, "running", True, 200, True),
        (_GATEWAY, "running", True, 503, False),
    ],
)
def test_ready(process: Process, state: str, told: bool, health: int, expected: bool) -> None:
    stands = State(process.name, state, pid=1, keeper=1, uptime_seconds=0, restarts=0, detail="", ready=told)
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(health))) as client:
        assert is_ready(process, stands, _SETTINGS, client) is expected
        assert not is_ready(process, None, _SETTINGS, client)
