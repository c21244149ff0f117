"""Asks the action server what the sentences of a long message are about."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import httpx

from core.care import Asked, Care, Meant

_SECONDS = 0.5


class DangerCheck:
    """Asks over ``actions``, a client of the action server."""

    def __init__(self, actions: httpx.AsyncClient) -> None:
        self._actions = actions

    async def __call__(self, asked: Asked) -> Meant:
        """Returns what ``asked`` means. Without an answer in half a second the patterns' word holds."""
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await self._actions.post("/danger", json=asdict(asked))
            said = answer.raise_for_status().json()
            return Meant(said["confirmed"] is not False, tuple(map(Care, said["kinds"])))
        except (httpx.HTTPError, TimeoutError, ValueError, LookupError, TypeError):
            return Meant(confirmed=True)
