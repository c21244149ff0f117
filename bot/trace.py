"""Rasa's place in a trace: what the worker's request says of it is passed on to the action server, and nothing is added.

OpenTelemetry's own library stays out of this environment. The worker's span of the request, less the actions' within it, is
what Rasa itself took.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any

from rasa.utils.endpoints import EndpointConfig

HEADER = "traceparent"
_WRITTEN = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")  # W3C Trace Context; what is not of this form goes no further

_trace: ContextVar[str] = ContextVar("trace", default="")


def take(written: str) -> None:
    """Whatever this task and those that it starts ask of the action server belongs to the trace ``written``; empty: to none."""
    _trace.set(written if _WRITTEN.fullmatch(written) else "")


def pass_on(endpoint: EndpointConfig) -> None:
    """Let requests to ``endpoint`` carry the trace that was taken."""
    request = endpoint.request

    async def traced(*arguments: Any, **named: Any) -> Any:
        if trace := _trace.get():
            named["headers"] = {**named.get("headers", {}), HEADER: trace}
        return await request(*arguments, **named)

    endpoint.request = traced
