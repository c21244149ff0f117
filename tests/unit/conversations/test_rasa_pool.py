"""Which Rasa a conversation goes to, without one."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter

import httpx
import pytest

from conversations.deadline import Deadline
from conversations.engine.rasa_client import EngineRequest, EngineUnavailable, RasaClient
from conversations.engine.rasa_pool import RasaPool
from core.turns import Turn
from tests.waiting import until

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


def _engine(rasas: Rasas) -> RasaClient:
    return RasaClient(URLS, "secret", max_concurrent=1, transport=httpx.MockTransport(rasas))


def _request(conversation: str) -> EngineRequest:
    return EngineRequest(conversation=conversation, message_id="m", channel="web", language="fr", text="x")


async def test_pool_spreads_conversations_and_keeps_each_in_its_process() -> None:
    rasas = Rasas()
    engine = _engine(rasas)
    for _ in range(2):
        for number in range(300):
            await engine.turn(_request(f"c{number}"), deadline=Deadline.after(5).at)
    spread = Counter(host for host, _ in set(rasas.asked))
    assert spread.total() == 300
    assert min(spread[host] for host in HOSTS) > 60


async def test_pool_without_one_process_moves_only_its_conversations() -> None:
    rasas = Rasas(one=AWAY)
    engine, before = _engine(rasas), RasaPool(URLS, "secret", max_concurrent=1)
    homes = {name: before.ranked(name)[0].url for name in (f"c{number}" for number in range(60))}
    for name in homes:
        await engine.turn(_request(name), deadline=Deadline.after(5).at)
    answered = {conversation: f"http://{host}" for host, conversation in rasas.asked if host != "one"}
    assert answered.keys() == homes.keys()
    assert all(answered[name] == home for name, home in homes.items() if home != "http://one")
    assert rasas.hosts().count("one") == 5  # then its breaker is open


async def test_pool_turn_that_fails_in_one_process_is_tried_in_another() -> None:
    rasas = Rasas(one=httpx.Response(503), two=httpx.Response(503))
    turn = await _engine(rasas).turn(_request("c"), deadline=Deadline.after(5).at)
    assert turn.outcome == "small_talk"
    assert rasas.hosts()[-1] == "three"
    assert len(set(rasas.hosts())) == len(rasas.hosts())


async def test_pool_with_all_processes_gone_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _engine(Rasas(one=AWAY, two=AWAY, three=AWAY))
    with pytest.raises(EngineUnavailable):
        await engine.turn(_request("c"), deadline=Deadline.after(0.001).at)
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)  # stands still: whoever waited would wait for ever
    with pytest.raises(EngineUnavailable, match="ConnectError"):
        await engine.turn(_request("c"), deadline=later + 12)


async def test_pool_forgets_a_conversation_in_any_reachable_process() -> None:
    rasas = Rasas(one=AWAY, two=AWAY)
    await _engine(rasas).forget("c")
    assert rasas.hosts()[-1] == "three"
    with pytest.raises(httpx.ConnectError):
        await _engine(Rasas(one=AWAY, two=AWAY, three=AWAY)).forget("c")


async def test_pool_with_one_ready_process_is_ready() -> None:
    busy = httpx.Response(503)
    assert await _engine(Rasas(one=AWAY, two=busy)).is_ready()
    assert not await _engine(Rasas(one=AWAY, two=busy, three=busy)).is_ready()


class Slow:
    """Each turn takes ``seconds``. ``most``: turns that were asked for at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.under_way = self.most = self.asked = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self.under_way -= 1
        return httpx.Response(200, json=_ANSWER)


def _slow_engine(slow: Slow, max_concurrent: int) -> RasaClient:
    return RasaClient(URLS[:1], "secret", max_concurrent=max_concurrent, transport=httpx.MockTransport(slow))


async def _turns(engine: RasaClient, number: int, seconds: float) -> list[Turn | BaseException]:
    deadline = Deadline.after(seconds).at
    asked = (engine.turn(_request(f"c{n}"), deadline=deadline) for n in range(number))
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_process_limits_concurrent_turns() -> None:
    slow = Slow(0.02)
    turns = await _turns(_slow_engine(slow, max_concurrent=3), 12, seconds=10)
    assert [isinstance(turn, Turn) for turn in turns] == [True] * 12
    assert slow.most == 3


async def test_process_when_busy_refuses_a_turn_that_waited_too_long() -> None:
    """Before, all were asked for at once: none was ready in time, and what was begun of them was for nothing."""
    slow = Slow(0.3)
    turns = await _turns(_slow_engine(slow, max_concurrent=2), 8, seconds=0.9)
    answered = [turn for turn in turns if isinstance(turn, Turn)]
    told = [str(turn) for turn in turns if isinstance(turn, EngineUnavailable)]
    assert len(answered) == slow.asked == 4
    assert told == ["crowded"] * 4


async def test_process_that_answers_gives_a_late_turn_its_time() -> None:
    slow = Slow(0.2)
    engine = _slow_engine(slow, max_concurrent=1)
    await _turns(engine, 1, seconds=5)
    assert [isinstance(turn, Turn) for turn in await _turns(engine, 5, seconds=0.3)] == [True] * 5


async def test_process_when_unreachable_releases_its_places() -> None:
    engine = RasaClient(URLS[:1], "secret", max_concurrent=1, transport=httpx.MockTransport(Rasas(one=AWAY)))
    turns = await _turns(engine, 4, seconds=1.2)
    assert {str(turn) for turn in turns} == {"ConnectError"}


async def test_process_after_a_cancelled_turn_releases_the_place() -> None:
    slow = Slow(0.3)
    engine = _slow_engine(slow, max_concurrent=1)
    given_up = asyncio.create_task(engine.turn(_request("c"), deadline=Deadline.after(5).at))
    await until(lambda: slow.under_way)
    given_up.cancel()
    assert isinstance((await _turns(engine, 1, seconds=2))[0], Turn)
