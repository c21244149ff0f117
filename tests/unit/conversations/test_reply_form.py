"""In which form a worker writes, by whom Redis knows to be running."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from redis.exceptions import ConnectionError as ConnectionBroken

from conversations.signals.event_bus import ALIVE, NEWS, EventBus, form_in_name, name_with_form, readers_channel
from conversations.worker.reply_form import ReplyForm
from core.reply_form import FORM

_SETTLED = timedelta(seconds=10)
_NEW, _OLD = name_with_form("host-1-abc"), "host-2-def"


class Redis:
    """``gateways`` are the forms that running gateways read; ``worker`` is the name under ``ALIVE``; ``away`` fails."""

    def __init__(self, *gateways: int, worker: str | None = _NEW) -> None:
        self.gateways, self.worker, self.away = gateways, worker, False

    async def pubsub_numsub(self, *channels: str) -> list[tuple[str, int]]:
        if self.away:
            raise ConnectionBroken
        counts = {readers_channel(form): sum(read >= form for read in self.gateways) for form in range(2, FORM + 1)}
        counts[NEWS] = len(self.gateways)
        return [(channel, counts[channel]) for channel in channels]

    async def get(self, key: str) -> str | None:
        assert key == ALIVE
        return self.worker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


def _form(redis: Redis) -> ReplyForm:
    event_bus: Any = EventBus("redis://localhost")
    event_bus.redis = redis
    return ReplyForm(event_bus)


async def _settled(form: ReplyForm, clock: Clock) -> int:
    await form.update(_SETTLED)
    clock.now += 10
    await form.update(_SETTLED)
    return form.present


async def test_reply_form_with_new_processes_only_changes_after_a_while(clock: Clock) -> None:
    form = _form(Redis(2, 2))
    for _ in range(10):
        await form.update(_SETTLED)
        assert form.present == 1
        clock.now += 1
    await form.update(_SETTLED)
    assert form.present == 2


@pytest.mark.parametrize(
    ("redis", "form"),
    [
        (Redis(3, 3), 3),
        (Redis(3, 2), 2),
        (Redis(3, 1), 1),
        (Redis(3, 3, worker="host-2-def:form2"), 2),
    ],
)
async def test_reply_form_is_the_newest_that_all_read(redis: Redis, form: int, clock: Clock) -> None:
    assert await _settled(_form(redis), clock) == form


@pytest.mark.parametrize(
    "redis",
    [Redis(1), Redis(2, 1), Redis(2, 2, worker=_OLD), Redis(2, worker=None), Redis()],
    ids=["old gateway", "old gateway beside a new one", "old worker", "no worker known yet", "no gateway known yet"],
)
async def test_reply_form_with_an_older_or_no_process_is_the_oldest(redis: Redis, clock: Clock) -> None:
    assert await _settled(_form(redis), clock) == 1


@pytest.mark.parametrize(("gateways", "worker"), [((2, 1), _NEW), ((2, 2), _OLD)])
async def test_reply_form_with_a_new_older_process_changes_at_once(
    gateways: tuple[int, ...], worker: str, clock: Clock
) -> None:
    redis = Redis(2)
    form = _form(redis)
    assert await _settled(form, clock) == 2
    redis.gateways, redis.worker = gateways, worker
    await form.update(_SETTLED)
    assert form.present == 1


async def test_reply_form_waits_for_an_older_gateway_to_reconnect(clock: Clock) -> None:
    redis = Redis(2)
    form = _form(redis)
    await form.update(_SETTLED)
    clock.now += 9
    redis.gateways = (2, 1)
    await form.update(_SETTLED)
    redis.gateways = (2,)
    await form.update(_SETTLED)
    clock.now += 9
    await form.update(_SETTLED)
    assert form.present == 1
    clock.now += 1
    await form.update(_SETTLED)
    assert form.present == 2


@pytest.mark.parametrize("trouble", ["away", "flushed", "restarted"])
async def test_reply_form_without_redis_stays(trouble: str, clock: Clock) -> None:
    redis = Redis(2)
    form = _form(redis)
    assert await _settled(form, clock) == 2
    redis.away = trouble == "away"
    if trouble != "away":
        redis.worker = None
    if trouble == "restarted":
        redis.gateways = ()
    assert await _settled(form, clock) == 2


async def test_reply_form_after_a_redis_failure_waits_again(clock: Clock) -> None:
    redis = Redis(2)
    form = _form(redis)
    await form.update(_SETTLED)
    clock.now += 9
    redis.away = True
    await form.update(_SETTLED)
    redis.away = False
    clock.now += 9
    await form.update(_SETTLED)
    assert form.present == 1


@pytest.mark.parametrize(("name", "form"), [(_NEW, FORM), (_OLD, 1), ("form2-1-abc", 1), ("host-1-abc:form13", 13)])
def test_form_of_a_name_without_a_form_is_the_oldest(name: str, form: int) -> None:
    assert form_in_name(name) == form
