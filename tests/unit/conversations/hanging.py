"""Circuit breakers for tests, one closed and one open, and a transport that gives up."""

from __future__ import annotations

import asyncio
import time
from typing import override

import httpx

from conversations.engine.circuit_breaker import CircuitBreaker


def closed() -> CircuitBreaker:
    """Returns the breaker of a dependency that answers its probes."""

    async def answers() -> bool:
        return True

    return CircuitBreaker("it", answers)


def silent() -> CircuitBreaker:
    """Returns the breaker of a dependency that answers nothing: it stays open."""

    async def says_nothing() -> bool:
        await asyncio.Event().wait()
        return True

    breaker = CircuitBreaker("it", says_nothing)
    for _ in range(2):
        breaker.record_timeout(time.monotonic() - 10)
    assert breaker.is_open
    return breaker


class PatientTransport(httpx.MockTransport):
    """Gives up after the time that a request has, as a real transport does."""

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(request.extensions["timeout"]["read"]):
                return await super().handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("silence") from None
