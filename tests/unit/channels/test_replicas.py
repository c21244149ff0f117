"""Which Rasa a conversation goes to, without one."""

from __future__ import annotations

import json
import time
from collections import Counter

import httpx
import pytest

from channels.engine import Engine, EngineRequest, EngineUnavailable
from channels.replicas import Replicas
from channels.worker.turn import deadline_after

HOSTS = ("one", "two", "three")
URLS = tuple(f"http://{host}" for host in HOSTS)
AWAY = httpx.ConnectError("refused")
_ANSWER = {"outcome": "small_talk", "blocks": [{"type": "text", "text": "Bonjour."}]}


class Rasas:
    """``troubles``: host → what befalls who asks it. Keeps which host was asked for which conversation."""

    def __init__(self, **troubles: httpx.Response | Exception) -> None:
        self._troubles = troubles
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        conversation = json.loads(request.content)["conversation"] if request.content else request.url.path.rpartition("/")[2]
        self.asked.append((request.url.host, conversation))
        trouble = self._troubles.get(request.url.host)
        if isinstance(trouble, Exception):
            raise trouble
        return trouble or httpx.Response(200, json=_ANSWER)

    def hosts(self) -> list[str]:
        return [host for host, _ in self.asked]


def _engine(rasas: Rasas) -> Engine:
    return Engine(URLS, "secret", connections=1, transport=httpx.MockTransport(rasas))


def _request(conversation: str) -> EngineRequest:
    return EngineRequest(conversation=conversation, message_id="m", channel="web", language="fr", text="x")


async def test_conversations_are_spread_and_each_stays_where_it_is() -> None:
    rasas = Rasas()
    engine = _engine(rasas)
    for _ in range(2):
        for number in range(300):
            await engine.turn(_request(f"c{number}"), deadline=deadline_after(5))
    spread = Counter(host for host, _ in set(rasas.asked))
    assert spread.total() == 300
    assert min(spread[host] for host in HOSTS) > 60


async def test_who_finds_one_away_is_answered_by_another_at_once_and_nobody_else_moves() -> None:
    rasas = Rasas(one=AWAY)
    engine, before = _engine(rasas), Replicas(URLS, "secret", connections=1)
    homes = {name: before.ranked(name)[0].url for name in (f"c{number}" for number in range(60))}
    for name in homes:
        await engine.turn(_request(name), deadline=deadline_after(5))
    answered = {conversation: f"http://{host}" for host, conversation in rasas.asked if host != "one"}
    assert answered.keys() == homes.keys()
    assert all(answered[name] == home for name, home in homes.items() if home != "http://one")
    assert rasas.hosts().count("one") == 5  # then its breaker is open


async def test_a_turn_that_fails_in_one_is_tried_in_another() -> None:
    rasas = Rasas(one=httpx.Response(503), two=httpx.Response(503))
    turn = await _engine(rasas).turn(_request("c"), deadline=deadline_after(5))
    assert turn.outcome == "small_talk"
    assert rasas.hosts()[-1] == "three"
    assert len(set(rasas.hosts())) == len(rasas.hosts())


async def test_nobody_waits_for_those_that_are_all_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _engine(Rasas(one=AWAY, two=AWAY, three=AWAY))
    with pytest.raises(EngineUnavailable):
        await engine.turn(_request("c"), deadline=deadline_after(0.001))
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)  # stands still: whoever waited would wait for ever
    with pytest.raises(EngineUnavailable, match="ConnectError"):
        await engine.turn(_request("c"), deadline=later + 12)


async def test_a_conversation_is_forgotten_by_whichever_can_be_reached() -> None:
    rasas = Rasas(one=AWAY, two=AWAY)
    await _engine(rasas).forget("c")
    assert rasas.hosts()[-1] == "three"
    with pytest.raises(httpx.ConnectError):
        await _engine(Rasas(one=AWAY, two=AWAY, three=AWAY)).forget("c")


async def test_one_that_is_ready_is_enough() -> None:
    busy = httpx.Response(503)
    assert await _engine(Rasas(one=AWAY, two=busy)).is_ready()
    assert not await _engine(Rasas(one=AWAY, two=busy, three=busy)).is_ready()
