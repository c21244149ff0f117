"""Limits against floods, counted in Redis. Without Redis there are none: to serve comes first."""

from __future__ import annotations

import hashlib

from channels.nerve import FAILURES, Nerve


class Limits:
    """Counts by minute. What is counted is digested: no address stays, not even in Redis."""

    def __init__(self, nerve: Nerve) -> None:
        self._redis = nerve.redis
        self._nerve = nerve

    async def allow(self, what: str, who: str, *, per_minute: int) -> bool:
        """Whether ``who`` may do ``what`` once more in this minute."""
        if self._nerve.resting:
            return True
        key = f"guichet:limit:{what}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.set(key, 0, ex=60, nx=True)
                pipeline.incr(key)
                _, count = await pipeline.execute()
        except FAILURES:
            return True
        return int(count) <= per_minute
