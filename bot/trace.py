"""Rasa's part of a trace: passes the trace context of the worker's request on to the action server.

OpenTelemetry's library is not in this environment. A header of the response gives the times of Rasa's parts of the turn, and
the worker makes spans of them (``conversations/engine/rasa_client.py``).
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rasa.utils.endpoints import EndpointConfig

HEADER = "traceparent"
PARTS_HEADER = "x-guichet-parts"
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")  # W3C Trace Context; any other form is not passed on

_trace: ContextVar[str] = ContextVar("trace", default="")
_parts: ContextVar[list[str]] = ContextVar("parts")


def begin(traceparent: str) -> None:
    """Assigns calls of the action server by this task and its subtasks to the trace ``traceparent``; empty: to none."""
    _trace.set(traceparent if _TRACEPARENT.fullmatch(traceparent) else "")
    _parts.set([])


@contextmanager
def part(name: str) -> Iterator[None]:
    """Records the block as the part ``name`` (a word) of the turn."""
    began = time.time_ns()
    try:
        yield
    finally:
        _parts.get([]).append(f"{name}={began}-{time.time_ns()}")


def response_headers() -> dict[str, str]:
    """Returns headers for the response: the parts that have ended, in order; none if nothing is traced."""
    return {PARTS_HEADER: ", ".join(_parts.get([]))} if _trace.get() else {}


def pass_on(endpoint: EndpointConfig) -> None:
    """Makes requests to ``endpoint`` carry the present trace."""
    request = endpoint.request

    async def traced(*arguments: Any, **named: Any) -> Any:
        if trace := _trace.get():
            named["headers"] = {**named.get("headers", {}), HEADER: trace}
        return await request(*arguments, **named)

    endpoint.request = traced
