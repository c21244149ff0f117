"""A turn's calls of the action server. A failed turn reports to the worker whether they were the ``cause``.

Rasa treats a failed action like one without a message: the turn then ends without an outcome, and without a reason.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from rasa.utils.endpoints import EndpointConfig

SKIP_HEADER = "x-guichet-skip-actions"  # the worker knows that the action server hangs
SECONDS_HEADER = "x-guichet-seconds"  # the time that the worker waits for this turn
ANSWERED_HEADER = "x-guichet-actions-answered"  # in the response: the action server answered in this turn


class ActionsSkipped(Exception):
    """The action server was not asked, because it is known to hang."""


@dataclass
class ActionCalls:
    """The calls of one turn. ``waiting_since``: when the open call began, in ``time.monotonic()`` seconds."""

    skip: bool = False
    skipped: bool = False
    answered: bool = False
    unreachable: bool = False
    waiting_since: float | None = None


_turn: ContextVar[ActionCalls] = ContextVar("action_calls")
_answered = -math.inf  # when the action server last answered any call of this process


def begin(*, skip: bool) -> ActionCalls:
    """Begins a turn in this task and its subtasks; with ``skip``, its actions fail at once."""
    calls = ActionCalls(skip=skip)
    _turn.set(calls)
    return calls


def cause(calls: ActionCalls) -> dict[str, object]:
    """Returns the cause of a failed turn, as members of a problem (RFC 9457), if it was the action server; else nothing.

    ``actions_silent``: the server answered no call while the turn waited for it, ``waited_seconds`` long. If it answers others
    meanwhile, it is slow, or the message is too much for it.
    """
    if calls.skipped:
        return {"cause": "actions_skipped"}
    if calls.waiting_since is not None and _answered < calls.waiting_since:
        return {"cause": "actions_silent", "waited_seconds": round(time.monotonic() - calls.waiting_since, 3)}
    return {"cause": "actions_unreachable"} if calls.unreachable else {}


def response_headers(calls: ActionCalls) -> dict[str, str]:
    """Returns headers for the response of a successful turn."""
    return {ANSWERED_HEADER: "1"} if calls.answered else {}


def watch(endpoint: EndpointConfig) -> None:
    """Records the result of each request to ``endpoint``."""
    request = endpoint.request

    async def watched(*arguments: Any, **named: Any) -> Any:
        global _answered
        calls = _turn.get(None) or ActionCalls()
        if calls.skip:
            calls.skipped = True
            raise ActionsSkipped
        calls.waiting_since, calls.unreachable = time.monotonic(), False
        try:
            answer = await request(*arguments, **named)
        except asyncio.CancelledError:
            raise  # the turn's time is over: for ``cause`` the call still waits
        except aiohttp.ClientConnectionError:
            calls.waiting_since, calls.unreachable = None, True
            raise
        except Exception:  # an answer that the action failed
            calls.waiting_since, _answered = None, time.monotonic()
            raise
        calls.waiting_since, calls.answered, _answered = None, True, time.monotonic()
        return answer

    endpoint.request = watched


def turn_seconds(header: str, most: float) -> float:
    """Returns the seconds that a turn may take: the worker's value in ``header``, at most ``most``."""
    try:
        seconds_left = float(header)
    except ValueError:
        return most
    return min(most, seconds_left) if seconds_left > 0 else most  # NaN gives ``most``
