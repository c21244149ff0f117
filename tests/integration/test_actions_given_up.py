"""Who asks the action server and gives up before their turn came costs it nothing: over real HTTP, one action at a time."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.server import app as action_server
from retrieval.contracts import RetrievalResult
from tests.integration.channels_support import SECRET, served, settings_for
from tests.unit.actions.fakes import FakeKnowledge
from tests.waiting import until


class _SlowKnowledge(FakeKnowledge):
    """Searches that end once ``gate`` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gate = threading.Event(), threading.Event()

    def search(self, query: str, **options: Any) -> RetrievalResult:
        self.begun.set()
        self.gate.wait(60)
        return super().search(query, **options)


async def _ask(client: httpx.AsyncClient, text: str, seconds: float) -> httpx.Response:
    message = {"text": text, "intent": {"name": "enquiry"}, "entities": []}
    tracker = {"sender_id": "c", "slots": {}, "latest_message": message, "latest_input_channel": "web", "events": []}
    call = {"next_action": "action_answer_enquiry", "sender_id": "c", "tracker": tracker}
    return await client.post("/webhook", json=call, timeout=httpx.Timeout(60, read=seconds))


async def test_who_has_given_up_is_not_searched_for(monkeypatch: pytest.MonkeyPatch, redis_url: str, tmp_path: Path) -> None:
    """Before, all questions that nobody waited for any more came before those of who did."""
    monkeypatch.setattr(action_server, "AT_ONCE", 1)
    settings, knowledge = settings_for("", redis_url, tmp_path), _SlowKnowledge()
    app = action_server.create_app(settings, knowledge)
    secret = {"X-Guichet-Secret": SECRET}
    async with (
        served(app, settings.actions_port),
        httpx.AsyncClient(base_url=settings.actions_url, headers=secret) as client,
        asyncio.TaskGroup() as group,
    ):
        first = group.create_task(_ask(client, "carte perdue", 60))
        await until(knowledge.begun.is_set)
        impatient = [_ask(client, f"passeport {number}", 0.1) for number in range(5)]
        given_up = await asyncio.gather(*impatient, return_exceptions=True)
        last = group.create_task(_ask(client, "carte volée", 60))
        await asyncio.sleep(0.5)  # longer than the server waits before it asks whether a client is still there
        knowledge.gate.set()
    assert [type(one) for one in given_up] == [httpx.ReadTimeout] * 5
    assert (first.result().status_code, last.result().status_code) == (200, 200)
    assert [query for query, *_ in knowledge.asked] == ["carte perdue", "carte volée"]
