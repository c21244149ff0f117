"""Whether a turn that fails was kept from an answer by the action server, told apart without Rasa."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bot import action_calls
from bot.action_calls import ActionCalls, ActionsSkipped


class Endpoint:
    """Does what ``answers`` has for the name of an action: waits for ever, raises, or returns."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        action_calls.watch(self)

    async def request(self, action: str) -> str:
        self.asked.append(action)
        if action == "hangs":
            await asyncio.Event().wait()
        if action == "refuses":
            raise aiohttp.ClientConnectionError
        if action == "fails":
            raise RuntimeError("500")
        return action


async def _turn(endpoint: Any, *actions: str, skip: bool = False) -> ActionCalls:
    """A turn that asks for ``actions``, one after the other, and is given up after a moment."""
    calls = action_calls.begin(skip=skip)

    async def ask() -> None:
        for action in actions:
            try:
                await endpoint.request(action)
            except Exception:
                continue

    with suppress(TimeoutError):
        await asyncio.wait_for(ask(), 0.05)
    return calls


@pytest.mark.parametrize(
    ("actions", "cause"),
    [
        (["hangs"], "actions_silent"),
        (["answers", "hangs"], "actions_silent"),
        (["refuses"], "actions_unreachable"),
        (["fails"], None),  # it answers: the action is at fault
        (["refuses", "answers"], None),
        (["answers"], None),
        ([], None),
    ],
)
async def test_cause_is_what_the_last_call_came_to(actions: list[str], cause: str | None) -> None:
    assert action_calls.cause(await _turn(Endpoint(), *actions)).get("cause") == cause


async def test_cause_is_not_the_action_server_while_it_answers_others() -> None:
    endpoint = Endpoint()
    waiting = asyncio.create_task(_turn(endpoint, "hangs"))
    while not endpoint.asked:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)
    await _turn(endpoint, "answers")
    assert action_calls.cause(await waiting) == {}


async def test_turn_that_is_to_skip_its_actions_asks_for_none() -> None:
    endpoint = Endpoint()
    calls = await _turn(endpoint, "answers", skip=True)
    assert (endpoint.asked, action_calls.cause(calls)) == ([], {"cause": "actions_skipped"})
    with pytest.raises(ActionsSkipped):
        await endpoint.request("answers")


@pytest.mark.parametrize(
    ("written", "seconds"), [("2.5", 2.5), ("9", 4.0), ("", 4.0), ("-1", 4.0), ("nan", 4.0), ("soon", 4.0)]
)
def test_seconds_are_the_workers_and_at_most_rasas_own(written: str, seconds: float) -> None:
    assert action_calls.turn_seconds(written, 4.0) == seconds
