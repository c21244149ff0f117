"""Messages made to be dear: whoever sends hundreds of them is refused before long, and everybody else is answered, soon."""

from __future__ import annotations

import uuid
from pathlib import Path

import httpx
import pytest

from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.waiting import until

_OUTSIDER, _NEIGHBOUR, _CITIZEN = "2001:db8:1:1::1", "2001:db8:1:1::2", "203.0.113.10"
_DEAD = "redis://127.0.0.1:1/0"
_LONGEST = 2000  # characters that are taken
# What patterns once took far longer for than it is long.
_DEAR = ("a", "a@", ".", " ", "je dois en ", "ou ", "g ", "0 6 ", "1-", "enfant ", "non, ", "et aussi ")
_FLOOD, _AHEAD = 40, 2  # messages of a flood, and how many of them a worker may answer before somebody else's
_MOST = 400  # messages; the test's budget pays for two


@pytest.fixture(params=["redis", "no redis"])
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    redis = _DEAD if request.param == "no redis" else request.getfixturevalue("redis_url")
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis, tmp_path, limit_work_seconds=0.2)
    await migrated(settings.sql_url)
    return settings


async def _opened(http: httpx.AsyncClient, address: str) -> dict[str, str]:
    """The headers of a new conversation from ``address``."""
    source = {"X-Forwarded-For": address}
    opened = await http.post("/api/web/conversations", json={}, headers=source)
    opened.raise_for_status()
    return source | {"Authorization": f"Bearer {opened.json()['token']}"}


async def _sent(http: httpx.AsyncClient, conversation: dict[str, str], text: str) -> httpx.Response:
    return await http.post("/api/web/messages", json={"id": uuid.uuid4().hex, "text": text}, headers=conversation)


async def test_an_address_that_sends_dear_messages_is_refused_and_others_are_answered(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        for number in range(_MOST):
            if number % 10 == 0:  # so few that no limit of a conversation is met
                conversation = await _opened(service.http, _OUTSIDER)
            answer = await _sent(service.http, conversation, (_DEAR[number % len(_DEAR)] * _LONGEST)[:_LONGEST])
            if answer.status_code != 202:
                break
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        assert answer.json()["detail"]
        neighbour = await _opened(service.http, _NEIGHBOUR)  # the same subscriber, by another address and conversation
        assert (await _sent(service.http, neighbour, "carte perdue")).status_code == 429

        citizen = await _opened(service.http, _CITIZEN)
        assert (await _sent(service.http, citizen, "carte perdue")).status_code == 202

        async def answered() -> bool:
            history = await service.http.get("/api/web/history", headers=citizen)
            return any(turn["reply"] for turn in history.json()["turns"])

        await until(answered)
        assert any(said == "carte perdue" for _, said in service.rasa.handled)


async def test_messages_that_still_wait_use_up_the_budget_too(settings: Settings) -> None:
    settings = settings.model_copy(update={"limit_work_seconds": 1.0})  # some twenty answers
    async with guichet(settings) as service:  # and no worker: nothing is answered
        codes: list[int] = []
        for number in range(25):
            if number % 10 == 0:
                conversation = await _opened(service.http, _OUTSIDER)
            codes.append((await _sent(service.http, conversation, "carte perdue")).status_code)
        assert codes == [202] * codes.count(202) + [429] * codes.count(429)
        assert 15 <= codes.count(202) <= 20
        assert (await _sent(service.http, await _opened(service.http, _CITIZEN), "carte perdue")).status_code == 202


async def test_who_asks_during_a_flood_waits_behind_a_few_of_its_messages_only(redis_url: str, tmp_path: Path) -> None:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    async with guichet(settings) as service, working(settings):
        service.rasa.gate.clear()  # no answer is ready until all have asked
        for number in range(_FLOOD):
            conversation = await _opened(service.http, _OUTSIDER)
            assert (await _sent(service.http, conversation, f"inondation {number}")).status_code == 202
        citizen = await _opened(service.http, _CITIZEN)
        assert (await _sent(service.http, citizen, "carte perdue")).status_code == 202

        async def begun() -> bool:
            return service.rasa.calls > _AHEAD

        await until(begun)
        service.rasa.gate.set()

        async def all_answered() -> bool:
            return len(service.rasa.handled) == _FLOOD + 1

        await until(all_answered)
    assert [said for _, said in service.rasa.handled].index("carte perdue") <= _AHEAD
