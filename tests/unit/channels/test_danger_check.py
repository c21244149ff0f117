"""The worker's question to the action server whether words of danger are about one."""

from __future__ import annotations

import httpx
import pytest

from channels.worker.danger_check import DangerCheck


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(200, json={"confirmed": False}), False),
        (httpx.Response(200, json={"confirmed": True}), True),
        (httpx.Response(500), True),
        (httpx.Response(404, json={"detail": "an older action server"}), True),
        (httpx.Response(200, content=b"nonsense"), True),
    ],
    ids=["taken back", "confirmed", "failed", "unknown to it", "nonsense"],
)
async def test_danger_check_without_a_clear_no_leaves_the_alarm(answer: httpx.Response, expected: bool) -> None:
    async with httpx.AsyncClient(base_url="http://actions", transport=httpx.MockTransport(lambda _: answer)) as client:
        assert await DangerCheck(client)(["il peut me mettre dehors ?"]) is expected


async def test_danger_check_while_the_action_server_is_away_leaves_the_alarm() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(base_url="http://actions", transport=httpx.MockTransport(refuse)) as client:
        assert await DangerCheck(client)(["il peut me mettre dehors ?"])
