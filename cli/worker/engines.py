"""A worker's clients for the dialogue engine and the action server."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.engine.rasa_client import RasaClient
from conversations.turns.search_prefetch import SearchPrefetch
from core.action_server import action_server
from core.settings import Settings

_ACTIONS_SECONDS = 5.0  # limit for an answer of the action server, unless its message has less time left


@dataclass(frozen=True, slots=True)
class Engines:
    """The clients with their shared state: ``breaker`` is open while the action server does not answer."""

    rasa: RasaClient
    actions: httpx.AsyncClient
    breaker: CircuitBreaker
    prefetch: SearchPrefetch

    @classmethod
    def of(cls, settings: Settings) -> Engines:
        """Returns the clients for ``settings``; nothing is connected yet."""
        actions = action_server(settings, seconds=_ACTIONS_SECONDS)

        async def answers() -> bool:
            try:
                await actions.get("/health")
            except httpx.HTTPError:
                return False
            return True  # even without a snapshot: it does answer

        breaker = CircuitBreaker("actions", answers)
        secret = settings.internal_secret.get_secret_value()
        rasa = RasaClient(settings.rasa_urls, secret, max_concurrent=settings.engine_concurrency, actions=breaker)
        return cls(rasa, actions, breaker, SearchPrefetch(actions, breaker))

    async def close(self) -> None:
        await self.rasa.close()
        await self.prefetch.close()
        await self.breaker.close()
        await self.actions.aclose()
