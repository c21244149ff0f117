"""The worker's question to the action server what the sentences of a long message are about."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from conversations.turns import danger_check
from conversations.turns.danger_check import DangerCheck
from core.care import Care, DangerJudgement, SentencesToJudge

_ASKED = SentencesToJudge(alarmed=("il peut me mettre dehors ?",), others=("Il me frappe.",))
_AS_BEFORE = DangerJudgement(confirmed=True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(200, json={"confirmed": False, "kinds": []}), DangerJudgement(confirmed=False)),
        (
            httpx.Response(200, json={"confirmed": True, "kinds": ["violence"]}),
            DangerJudgement(confirmed=True, kinds=(Care.VIOLENCE,)),
        ),
        (
            httpx.Response(200, json={"confirmed": True, "kinds": ["child"], "sure": False}),
            DangerJudgement(confirmed=True, kinds=(Care.CHILD,), sure=False),
        ),
        (httpx.Response(200, json={"confirmed": False, "kinds": ["nonsense"]}), _AS_BEFORE),
        (httpx.Response(200, json={"confirmed": False}), _AS_BEFORE),
        (httpx.Response(200, json=[1]), _AS_BEFORE),
        (httpx.Response(500), _AS_BEFORE),
        (httpx.Response(404, json={"detail": "an older action server"}), _AS_BEFORE),
        (httpx.Response(200, content=b"nonsense"), _AS_BEFORE),
    ],
    ids=[
        "taken back",
        "heard",
        "doubtful",
        "unknown kind",
        "an older action server",
        "a list",
        "failed",
        "unknown to it",
        "nonsense",
    ],
)
async def test_danger_check_with_an_unreadable_answer_keeps_the_result_of_the_patterns(
    answer: httpx.Response, expected: DangerJudgement
) -> None:
    asked: list[object] = []

    def say(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return answer

    async with httpx.AsyncClient(base_url="http://actions", transport=httpx.MockTransport(say)) as client:
        assert await DangerCheck(client)(_ASKED) == expected
    assert asked == [{"alarmed": ["il peut me mettre dehors ?"], "others": ["Il me frappe."]}]


async def test_danger_check_without_action_server_keeps_the_result_of_the_patterns() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(base_url="http://actions", transport=httpx.MockTransport(refuse)) as client:
        assert await DangerCheck(client)(_ASKED) == _AS_BEFORE


async def test_danger_check_with_a_silent_action_server_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(danger_check, "_SECONDS", 0.01)
    async with httpx.AsyncClient(base_url="http://actions", transport=httpx.MockTransport(silent)) as client:
        assert await DangerCheck(client)(_ASKED) == _AS_BEFORE
