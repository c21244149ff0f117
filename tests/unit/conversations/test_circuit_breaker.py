"""When a dependency that never answers is skipped, and when it is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from conversations.engine import circuit_breaker
from conversations.engine.circuit_breaker import CircuitBreaker


class Dependency:
    """Answers probes while ``answers`` is set; ``probed``: how often it was asked. ``now`` is what the clock says."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.probed = 0
        self.now = 1000.0
        self.breaker = CircuitBreaker("it", self._probe)

    def vain(self, *requests: tuple[float, float]) -> None:
        """Requests that began and were given up so many seconds after the start."""
        for began, ended in requests:
            self.now = 1000.0 + ended
            self.breaker.record_timeout(1000.0 + began)

    async def _probe(self) -> bool:
        self.probed += 1
        await self.answers.wait()
        return True


@pytest.fixture
async def it(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Dependency]:
    dependency = Dependency()
    monkeypatch.setattr(circuit_breaker, "time", SimpleNamespace(monotonic=lambda: dependency.now))
    yield dependency
    await dependency.breaker.close()


async def _probed(it: Dependency) -> None:
    """Waits until the breaker has closed again, or for ever."""
    while it.breaker.is_open:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param([(0.0, 3.5), (4.0, 7.5)], id="one after the other"),
        pytest.param([(0.0, 3.5), (0.1, 3.6)], id="at the same time"),
        pytest.param([(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)], id="each with little patience"),
    ],
)
async def test_breaker_after_three_seconds_of_silence_is_open(it: Dependency, requests: list[tuple[float, float]]) -> None:
    it.vain(*requests[:-1])
    assert not it.breaker.is_open
    it.vain(requests[-1])
    assert it.breaker.is_open


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param([(0.0, 30.0)], id="a single request: its message may be at fault"),
        pytest.param([(0.0, 1.0), (0.5, 1.5)], id="a moment"),
        pytest.param([(0.0, 3.5), (60.0, 63.5)], id="nothing is known of the time between"),
    ],
)
async def test_breaker_on_little_evidence_stays_closed(it: Dependency, requests: list[tuple[float, float]]) -> None:
    it.vain(*requests)
    assert not it.breaker.is_open


async def test_breaker_while_others_are_answered_stays_closed(it: Dependency) -> None:
    for began in range(0, 40, 4):
        it.now = 1000.0 + began + 1
        it.breaker.record_answer()
        it.vain((began, began + 3.5))
    assert not it.breaker.is_open


async def test_breaker_closes_once_the_probe_is_answered_whatever_the_time(it: Dependency) -> None:
    it.vain((0.0, 3.5), (4.0, 7.5))
    await asyncio.sleep(0)
    assert it.breaker.is_open
    it.now += 3600
    assert it.breaker.is_open
    it.answers.set()
    await _probed(it)
    assert it.probed == 1


async def test_breaker_after_a_probe_only_is_opened_again_by_one_more_request(it: Dependency) -> None:
    it.answers.set()
    it.vain((0.0, 3.5), (4.0, 7.5))
    await _probed(it)
    it.vain((8.0, 11.5))
    assert it.breaker.is_open
    for _ in range(10):
        await asyncio.sleep(0)
    assert (it.breaker.is_open, it.probed) == (True, 1)  # not at once, this time: it answers probes and no requests


async def test_breaker_after_an_answer_begins_anew(it: Dependency) -> None:
    it.answers.set()
    it.vain((0.0, 3.5), (4.0, 7.5))
    await _probed(it)
    it.breaker.record_answer()
    it.vain((8.0, 11.5))
    assert not it.breaker.is_open


async def test_breaker_whose_probe_fails_goes_on_probing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit_breaker, "_SILENT_SECONDS", 0.0)
    monkeypatch.setattr(circuit_breaker, "_FIRST_PAUSE", 0.0)
    outcomes: list[bool | Exception] = [RuntimeError("closed"), False, True]

    async def probe() -> bool:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    breaker = CircuitBreaker("it", probe)
    for _ in range(2):
        breaker.record_timeout(0.0)
    assert breaker.is_open
    async with asyncio.timeout(60):
        while breaker.is_open:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
    assert outcomes == []
