"""Limits against floods: by conversation, by address (an IPv6 /64, and the /48 around it) and by site, counted in Redis.

Without Redis each gateway counts by itself: the chat goes on, and a flood is still one. Sign-in counts its failures in SQL
(``core.identity.throttle``), so that a dead Redis opens nothing there.
"""

from __future__ import annotations

import hashlib

from limits import RateLimitItemPerMinute

from conversations.signals.event_bus import EventBus
from conversations.signals.windows import WIDER, Windows
from core.settings import Settings
from core.web.network import networks


class Limits:
    """Counts in windows of a minute that slide. What is counted is digested: no address stays, not even in Redis."""

    def __init__(self, event_bus: EventBus, settings: Settings) -> None:
        self._settings = settings
        self._windows = Windows(event_bus)

    async def allow(self, what: str, who: str, *, per_minute: int) -> bool:
        """Decides whether ``who`` may do ``what`` once more now."""
        item = RateLimitItemPerMinute(per_minute, namespace=what)
        name = hashlib.sha256(who.encode()).hexdigest()[:24]
        return await self._windows.ask(lambda windows: windows.hit(item, name))

    async def allow_address(self, what: str, address: str, *, per_minute: int) -> bool:
        """Returns the same for a caller's address; the network around it may do more, but not without end."""
        for number, network in enumerate(networks(address)):
            if not await self.allow(what, network, per_minute=per_minute * (WIDER if number else 1)):
                return False
        return True

    async def allow_message(self, conversation: str) -> bool:
        """Decides whether a citizen may send one more message in ``conversation`` now."""
        return await self.allow("message", conversation, per_minute=self._settings.limit_conversation_per_minute)

    async def allow_opening(self, address: str, site: str) -> bool:
        """Whether one more conversation may begin from ``address``, on the website ``site`` (its origin; empty: ours)."""
        of_address = self._settings.limit_openings_per_minute
        return await self.allow_address("open", address, per_minute=of_address) and await self.allow(
            "site", site, per_minute=self._settings.limit_site_openings_per_minute
        )

    async def allow_request(self, address: str) -> bool:
        """Decides whether ``address`` may send one more request of any kind now."""
        return await self.allow_address("request", address, per_minute=self._settings.limit_requests_per_minute)
