"""An engine or an action server that takes requests and never answers: who waits for it, and who is told at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from conversations.deadline import Deadline
from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.engine.rasa_client import ActionsUnavailable, EngineRequest, EngineUnavailable, RasaClient
from tests.unit.conversations.hanging import PatientTransport, closed, silent
from tests.waiting import until

URLS = ("http://one", "http://two")
_ANSWER = {"outcome": "small_talk", "blocks": [{"type": "text", "text": "Bonjour."}]}


class Rasas:
    """``hanging``: hosts that answer nothing, until ``given_up`` ends the wait for them. Any other gives ``answers`` in their
    order, the last one for ever."""

    def __init__(self, *answers: httpx.Response, hanging: tuple[str, ...] = ()) -> None:
        self.hanging = set(hanging)
        self.given_up = asyncio.Event()
        self.asked_twice = asyncio.Event()
        self._answers = list(answers) or [httpx.Response(200, json=_ANSWER)]
        self.asked: list[str] = []
        self.headers: list[httpx.Headers] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/turns"):
            self.asked.append(request.url.host)
            self.headers.append(request.headers)
            if len(self.asked) == 2:
                self.asked_twice.set()
        if request.url.host in self.hanging:
            await self.given_up.wait()
            raise httpx.ReadTimeout("silence")
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


def _engine(rasas: Rasas, urls: tuple[str, ...] = URLS[:1], *, actions: CircuitBreaker | None = None) -> RasaClient:
    return RasaClient(urls, "secret", max_concurrent=2, actions=actions, transport=PatientTransport(rasas))


def _request(conversation: str = "c") -> EngineRequest:
    return EngineRequest(conversation=conversation, message_id="m", channel="web", language="fr", text="x")


def _without_actions(cause: str, **more: Any) -> httpx.Response:
    return httpx.Response(503, json={"title": "Dialogue", "cause": cause, **more})


async def _in_vain(engine: RasaClient, number: int, conversation: str = "c") -> None:
    for _ in range(number):
        with pytest.raises(EngineUnavailable):
            await engine.turn(_request(conversation), deadline=Deadline.after(0.05).at)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment of silence is enough."""
    monkeypatch.setattr("conversations.engine.circuit_breaker._SILENT_SECONDS", 0.0)


@pytest.mark.usefixtures("hasty")
async def test_hanging_engine_gets_the_first_two_turns_only() -> None:
    rasas = Rasas(hanging=("one",))
    engine = _engine(rasas)
    await _in_vain(engine, 2)
    assert rasas.asked == ["one"] * 2
    with pytest.raises(EngineUnavailable, match="breaker"):
        await engine.turn(_request(), deadline=Deadline.after(3600).at)
    assert rasas.asked == ["one"] * 2
    await engine.close()


@pytest.mark.usefixtures("hasty")
async def test_hanging_engine_that_recovers_gets_turns_again() -> None:
    rasas = Rasas(hanging=("one",))
    engine = _engine(rasas)
    await _in_vain(engine, 2)
    rasas.hanging.clear()
    turn = await until(lambda: engine.turn(_request(), deadline=Deadline.after(0.5).at), ignoring=EngineUnavailable)
    assert turn.outcome == "small_talk"


@pytest.mark.usefixtures("hasty")
async def test_hanging_process_is_replaced_by_another() -> None:
    rasas = Rasas(hanging=("one",))
    engine = _engine(rasas, URLS)
    name = next(name for name in map(str, range(100)) if engine._pool.ranked(name)[0].url == URLS[0])
    await _in_vain(engine, 2, name)
    assert (await engine.turn(_request(name), deadline=Deadline.after(60).at)).outcome == "small_talk"
    assert rasas.asked == ["one", "one", "two"]
    await engine.close()


@pytest.mark.usefixtures("hasty")
async def test_turn_waiting_for_an_engine_found_to_hang_ends_at_once() -> None:
    rasas = Rasas(hanging=("one",))
    engine = _engine(rasas)
    deadline = Deadline.after(3600).at
    turns = asyncio.gather(*(engine.turn(_request(str(n)), deadline=deadline) for n in range(6)), return_exceptions=True)
    async with asyncio.timeout(60):
        await rasas.asked_twice.wait()  # as many as are asked at once
        rasas.given_up.set()
        results = await turns
    assert {type(result) for result in results} == {EngineUnavailable}
    assert rasas.asked == ["one"] * 2
    await engine.close()


async def test_request_announces_its_time_to_rasa() -> None:
    rasas = Rasas()
    await _engine(rasas).turn(_request(), deadline=Deadline.after(10).at)
    assert 0 < float(rasas.headers[0]["x-guichet-seconds"]) < 10


async def test_turn_with_a_silent_action_server_is_not_repeated() -> None:
    rasas = Rasas(_without_actions("actions_silent", waited_seconds=3.2))
    with pytest.raises(ActionsUnavailable):
        await _engine(rasas).turn(_request(), deadline=Deadline.after(3600).at)
    assert len(rasas.asked) == 1


async def test_action_server_breaker_after_two_silent_turns_is_open() -> None:
    actions = closed()
    engine = _engine(Rasas(_without_actions("actions_silent", waited_seconds=3.2)), actions=actions)
    opened = []
    for _ in range(2):
        with pytest.raises(ActionsUnavailable):
            await engine.turn(_request(), deadline=Deadline.after(3600).at)
        opened.append(actions.is_open)
    assert opened == [False, True]


async def test_action_server_breaker_after_failures_without_a_cause_is_closed() -> None:
    actions = closed()
    engine = _engine(Rasas(httpx.Response(503)), actions=actions)
    await _in_vain(engine, 5)
    assert not actions.is_open


async def test_action_server_breaker_after_an_answer_to_rasa_is_closed() -> None:
    actions = closed()
    answered = httpx.Response(200, json=_ANSWER, headers={"x-guichet-actions-answered": "1"})
    began = time.monotonic() - 10
    await _engine(Rasas(answered), actions=actions).turn(_request(), deadline=Deadline.after(60).at)
    for _ in range(5):
        actions.record_timeout(began)
    assert not actions.is_open


async def test_action_server_breaker_after_a_turn_without_actions_still_opens() -> None:
    actions = closed()
    began = time.monotonic() - 10
    await _engine(Rasas(), actions=actions).turn(_request(), deadline=Deadline.after(60).at)
    for _ in range(5):
        actions.record_timeout(began)
    assert actions.is_open


async def test_request_with_an_open_action_server_breaker_skips_actions() -> None:
    rasas = Rasas(_without_actions("actions_skipped"), httpx.Response(200, json=_ANSWER))
    engine = _engine(rasas, actions=silent())
    with pytest.raises(ActionsUnavailable):
        await engine.turn(_request(), deadline=Deadline.after(3600).at)
    assert (await engine.turn(_request(), deadline=Deadline.after(3600).at)).outcome == "small_talk"  # it needs no action
    assert [headers.get("x-guichet-skip-actions") for headers in rasas.headers] == ["1", "1"]


async def test_request_with_a_closed_action_server_breaker_uses_actions() -> None:
    rasas = Rasas()
    await _engine(rasas, actions=closed()).turn(_request(), deadline=Deadline.after(60).at)
    assert "x-guichet-skip-actions" not in rasas.headers[0]


async def test_turn_waits_for_a_restarting_action_server_only() -> None:
    actions = closed()
    rasas = Rasas(_without_actions("actions_unreachable"), httpx.Response(200, json=_ANSWER))
    assert (await _engine(rasas, actions=actions).turn(_request(), deadline=Deadline.after(60).at)).outcome == "small_talk"
    vain: list[float] = []
    actions.record_timeout = vain.append  # type: ignore[method-assign, assignment]
    began = time.monotonic()
    with pytest.raises(ActionsUnavailable):
        await _engine(Rasas(_without_actions("actions_unreachable")), actions=actions).turn(
            _request(), deadline=Deadline.after(0.05).at
        )
    assert [since <= began + 0.05 for since in vain] == [True]
