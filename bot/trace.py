"""Rasa's place in a trace: what the worker's request says of it is passed on to the action server.

OpenTelemetry's own library stays out of this environment: the response says when Rasa's parts of the turn began and ended, in a
header, and the worker makes spans of them (``conversations/engine/spans.py``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rasa.utils.endpoints import EndpointConfig

HEADER = "traceparent"
PARTS_HEADER = "x-guichet-parts"
_WRITTEN = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")  # W3C Trace Context; what is not of this form goes no further

_trace: ContextVar[str] = ContextVar("trace", default="")
_parts: ContextVar[list[str]] = ContextVar("parts")


def take(written: str) -> None:
    """Whatever this task and those that it starts ask of the action server belongs to the trace ``written``; empty: to none."""
    _trace.set(written if _WRITTEN.fullmatch(written) else "")
    _parts.set([])


@contextmanager
def part(name: str) -> Iterator[None]:
    """What runs within is the part ``name`` (a word) of the turn."""
    began = time.time_ns()
    try:
        yield
    finally:
        _parts.get([]).append(f"{name}={began}-{time.time_ns()}")


def told() -> dict[str, str]:
    """Headers of the response: the parts that are over, in their order; none where nothing is traced."""
    return {PARTS_HEADER: ", ".join(_parts.get([]))} if _trace.get() else {}


def pass_on(endpoint: EndpointConfig) -> None:
    """Let requests to ``endpoint`` carry the trace that was taken."""
    request = endpoint.request

    async def traced(*arguments: Any, **named: Any) -> Any:
        if trace := _trace.get():
            named["headers"] = {**named.get("headers", {}), HEADER: trace}
        return await request(*arguments, **named)

    endpoint.request = traced
