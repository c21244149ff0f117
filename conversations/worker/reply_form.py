"""Decides in which form replies are written: while an older process runs, in the form that it reads (``core/reply_form.py``).

An older process reports nothing, but Redis knows it. Every gateway subscribes to the news. One that reads form 2 also
subscribes to ``readers_channel(2)`` on the same connection. If the news has more subscribers, there is an older gateway.

Every worker writes its name under ``ALIVE``. One of this version includes its form, and keeps the name of an older worker.
"""

import asyncio
import time
from datetime import timedelta

import structlog

from conversations.signals.event_bus import ALIVE, NEWS, EventBus, form_in_name, readers_channel
from conversations.signals.redis_client import FAILURES, PATIENCE_SECONDS, count_listeners
from core.reply_form import FORM

log = structlog.get_logger(__name__)


class ReplyForm:
    """The form to write in, ``present``: the oldest at first, and the last known one while Redis is away."""

    def __init__(self, event_bus: EventBus) -> None:
        self._event_bus = event_bus
        self._since: float | None = None  # since when all processes read more, without interruption
        self.present = 1

    async def update(self, stable_for: timedelta) -> None:
        """Updates the form from the running processes. A newer form is used once no process that cannot read it was seen for
        ``stable_for``; an older one at once. Never raises.
        """
        form = await self._read_by_all()
        if form is None or form <= self.present:
            self._since = None
        elif self._since is None:
            self._since = time.monotonic()
        if form is None or form == self.present:
            return
        if self._since is None or time.monotonic() - self._since >= stable_for.total_seconds():
            log.info("reply_form", before=self.present, now=form)
            self.present, self._since = form, None

    async def _read_by_all(self) -> int | None:
        """Returns the newest form that all gateways and workers read; ``None`` if unknown at present."""
        if self._event_bus.is_paused:
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                forms = range(2, FORM + 1)
                listening, *reading = await count_listeners(self._event_bus.redis, NEWS, *map(readers_channel, forms))
                worker = await self._event_bus.redis.get(ALIVE)
        except FAILURES as error:
            if self._since is not None:
                log.warning("reply_form_unknown", error=type(error).__name__)
            return None
        if not listening or worker is None:  # Redis restarted a moment ago: they have not reconnected yet
            return None
        by_gateways = max((form for form, count in zip(forms, reading, strict=True) if count >= listening), default=1)
        return min(by_gateways, form_in_name(str(worker)), FORM)
