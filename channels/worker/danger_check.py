"""Asks the action server whether words of danger in a long message are about one."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

_SECONDS = 0.5


class DangerCheck:
    """Asks over ``actions``, a client of the action server."""

    def __init__(self, actions: httpx.AsyncClient) -> None:
        self._actions = actions

    async def __call__(self, sentences: Sequence[str]) -> bool:
        """Decides whether ``sentences`` may be about a danger. Without an answer in half a second they are."""
        try:
            answer = await self._actions.post("/danger", json={"sentences": list(sentences)}, timeout=_SECONDS)
            return not answer.is_success or answer.json()["confirmed"] is not False
        except (httpx.HTTPError, ValueError, LookupError, TypeError):
            return True
