"""Decides in which form replies are written: while an older process runs, in the one that it reads (``core/reply_form.py``).

An older process reports nothing, yet Redis knows of it. Each gateway listens to the news; one that reads form 2 listens to
``reads(2)`` too, over the same connection: where the news has more listeners, an older gateway is among them. Each worker
writes its name under ``ALIVE``; one of this version names its form too, and does not write over an older one's name.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import structlog

from conversations.signals.event_bus import ALIVE, NEWS, EventBus, form_of, reads
from conversations.signals.redis_client import FAILURES, PATIENCE_SECONDS, count_listeners
from core.reply_form import FORM

log = structlog.get_logger(__name__)


class ReplyForm:
    """``present`` is the form to write in: the oldest at first; the last one known while Redis is away."""

    def __init__(self, event_bus: EventBus) -> None:
        self._event_bus = event_bus
        self._since: float | None = None  # when all were first seen to read more, without an interruption
        self.present = 1

    async def look(self, settled: timedelta) -> None:
        """Look who runs. A newer form is written once nobody was seen for ``settled`` who does not read it, an older one at
        once. Never raises."""
        form = await self._read_by_all()
        if form is None or form <= self.present:
            self._since = None
        elif self._since is None:
            self._since = time.monotonic()
        if form is None or form == self.present:
            return
        if self._since is None or time.monotonic() - self._since >= settled.total_seconds():
            log.info("reply_form", before=self.present, now=form)
            self.present, self._since = form, None

    async def _read_by_all(self) -> int | None:
        """Returns the newest form that all gateways and workers read; ``None`` where that cannot be told now."""
        if self._event_bus.resting:
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                forms = range(2, FORM + 1)
                listening, *reading = await count_listeners(self._event_bus.redis, NEWS, *map(reads, forms))
                worker = await self._event_bus.redis.get(ALIVE)
        except FAILURES as error:
            if self._since is not None:
                log.warning("reply_form_unknown", error=type(error).__name__)
            return None
        if not listening or worker is None:  # Redis was started again a moment ago: they have not found it yet
            return None
        by_gateways = max((form for form, count in zip(forms, reading, strict=True) if count >= listening), default=1)
        return min(by_gateways, form_of(str(worker)), FORM)
