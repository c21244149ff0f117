"""Limits against floods: by conversation, by address (an IPv6 /64, and the /48 around it) and by site, counted in Redis.

Without Redis each gateway counts by itself, so that the chat works and floods are still limited. Sign-in counts its failures in
SQL (``core.identity.throttle``), so that a dead Redis weakens nothing there.
"""

import hashlib

from limits import RateLimitItemPerMinute

from conversations.signals.event_bus import EventBus
from conversations.signals.rate_counters import WIDE_NETWORK_FACTOR, RateCounters
from core.settings import Settings
from core.web.network import networks


class Limits:
    """Counts in sliding windows of a minute. Keys are digests: no address is stored, not even in Redis."""

    def __init__(self, event_bus: EventBus, settings: Settings) -> None:
        self._settings = settings
        self._counters = RateCounters(event_bus)

    async def allow(self, action: str, caller: str, *, per_minute: int) -> bool:
        """Counts ``action`` for ``caller``. Returns whether it is allowed."""
        item = RateLimitItemPerMinute(per_minute, namespace=action)
        name = hashlib.sha256(caller.encode()).hexdigest()[:24]
        return await self._counters.query(lambda counters: counters.hit(item, name))

    async def allow_address(self, action: str, address: str, *, per_minute: int) -> bool:
        """Counts ``action`` for a caller's address and the network around it, with a higher limit. Returns whether it is
        allowed.
        """
        for number, network in enumerate(networks(address)):
            if not await self.allow(action, network, per_minute=per_minute * (WIDE_NETWORK_FACTOR if number else 1)):
                return False
        return True

    async def allow_message(self, conversation: str) -> bool:
        """Counts a citizen's message in ``conversation``. Returns whether it is allowed."""
        return await self.allow("message", conversation, per_minute=self._settings.limit_conversation_per_minute)

    async def allow_opening(self, address: str, site: str) -> bool:
        """Counts a new conversation from ``address`` on the website ``site`` (empty: ours). Returns whether it is allowed."""
        of_address = self._settings.limit_openings_per_minute
        return await self.allow_address("open", address, per_minute=of_address) and await self.allow(
            "site", site, per_minute=self._settings.limit_site_openings_per_minute
        )

    async def allow_request(self, address: str) -> bool:
        """Counts a request of any kind from ``address``. Returns whether it is allowed."""
        return await self.allow_address("request", address, per_minute=self._settings.limit_requests_per_minute)
