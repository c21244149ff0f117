"""What the gateway says of the action server: that it answers from older pages is no failure, and no health either."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest

from channels.gateway import health
from channels.gateway.health import Health


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, {"snapshot": "a", "refused": ""}, "ok"),
        (200, {"snapshot": "a"}, "ok"),  # of the version before
        (200, {"snapshot": "a", "refused": "Snapshot b is damaged"}, "degraded"),
        (503, {"detail": "there is no snapshot yet"}, "failed"),
    ],
)
async def test_action_server_on_the_last_good_snapshot_is_degraded(
    status: int, body: dict[str, str], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    client = httpx.AsyncClient(transport=transport, base_url="http://actions")
    monkeypatch.setattr(health, "action_server", lambda *_, **__: client)
    assert await Health(SimpleNamespace(settings=None)).checks["actions"]() == state  # type: ignore[arg-type]
