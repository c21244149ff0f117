"""The worker tells the action server what will be searched for, and nothing depends on it."""

from __future__ import annotations

import asyncio

import httpx
import orjson
import pytest
from pydantic import SecretStr

from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.engine.rasa_client import EngineRequest
from conversations.turns.search_prefetch import SearchPrefetch
from core.action_server import action_server
from core.settings import Settings
from tests.unit.conversations.hanging import closed, silent
from tests.waiting import until

_SECRET = SecretStr("s" * 40)


def _request(number: int, **more: str) -> EngineRequest:
    values = {"conversation": "c", "message_id": f"m{number}", "channel": "web", "language": "fr", "text": "carte perdue"}
    return EngineRequest.model_validate(values | more)


class Listener:
    """What the action server was told; ``down``: it cannot be reached."""

    def __init__(self, *, down: bool = False, breaker: CircuitBreaker | None = None) -> None:
        self.told: list[dict[str, str]] = []
        self._down = down
        settings = Settings(_env_file=None, secret_key=_SECRET, internal_secret=_SECRET, address_key=_SECRET)
        self.prefetch = SearchPrefetch(
            action_server(settings, seconds=5, transport=httpx.MockTransport(self._answer)), breaker or closed()
        )

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        assert (request.url.path, request.headers["x-guichet-secret"]) == ("/ahead", "s" * 40)
        self.told.append(orjson.loads(request.content))
        if self._down:
            raise httpx.ConnectError("away")
        return httpx.Response(202)


def _tasks_beside_this() -> int:
    return len(asyncio.all_tasks()) - 1


@pytest.mark.parametrize("down", [False, True])
async def test_prefetch_of_a_text_is_sent_during_its_turn(down: bool) -> None:
    listener = Listener(down=down)
    with listener.prefetch.begin_search(_request(1)):
        await until(lambda: listener.told)
        assert listener.told == [{"message_id": "m1", "text": "carte perdue", "language": "fr"}]
    await listener.prefetch.close()


async def test_prefetch_of_a_button_or_a_second_turn_is_not_sent() -> None:
    listener = Listener()
    with listener.prefetch.begin_search(
        EngineRequest.model_validate({**_request(1).model_dump(exclude={"text"}), "payload": "/human"})
    ):
        assert _tasks_beside_this() == 0
    with listener.prefetch.begin_search(_request(2)), listener.prefetch.begin_search(_request(3)):
        assert _tasks_beside_this() == 1
        await until(lambda: listener.told)
    with listener.prefetch.begin_search(_request(4)):
        await until(lambda: len(listener.told) > 1)
    assert [one["message_id"] for one in listener.told] == ["m2", "m4"]
    await listener.prefetch.close()


async def test_prefetch_with_an_open_breaker_is_not_sent() -> None:
    listener = Listener(breaker=silent())
    before = _tasks_beside_this()  # those of the breaker
    with listener.prefetch.begin_search(_request(1)):
        assert _tasks_beside_this() == before
    assert listener.told == []
    await listener.prefetch.close()
