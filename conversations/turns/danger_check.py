"""Asks the action server for the meaning of the sentences of a long message."""

import asyncio
from dataclasses import asdict

import httpx

from core.care import Care, DangerJudgement, SentencesToJudge

_SECONDS = 0.5


class DangerCheck:
    """Asks over ``actions``, a client of the action server."""

    def __init__(self, actions: httpx.AsyncClient) -> None:
        self._actions = actions

    async def __call__(self, sentences: SentencesToJudge) -> DangerJudgement:
        """Returns the meaning of ``sentences``. Without an answer in half a second, the result of the patterns stands."""
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await self._actions.post("/danger", json=asdict(sentences))
            meaning = answer.raise_for_status().json()
            kinds, sure = tuple(map(Care, meaning["kinds"])), meaning.get("sure") is not False
            return DangerJudgement(meaning["confirmed"] is not False, kinds, sure)
        except (httpx.HTTPError, TimeoutError, ValueError, LookupError, TypeError, AttributeError):
            return DangerJudgement(confirmed=True)
