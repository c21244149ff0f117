"""News of replies, shared by all clients that wait in this process: one Redis subscription, many listeners.

News only says "look": the replies themselves are in SQL. One query for the whole process makes up for lost news: it asks which
conversations have new replies, often (every 0.3 s) while Redis is away, seldom (every 5 s) while it is there. Two thousand open
pages that each asked for themselves took a whole core to find nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from conversations.signals.event_bus import NEWS, readers_channel
from conversations.signals.redis_client import FAILURES, client, subscribed
from core.database import Database
from core.database.base import now
from core.database.models import Reply
from core.reply_form import FORM

_OVERLAP = timedelta(seconds=15)  # for replies written earlier and committed later than others, and for clocks that differ
_POLL_SECONDS, _IDLE_SECONDS = 0.3, 5.0
_RECONNECT_SECONDS = 0.5
_READ_SECONDS = 1.0
_SILENT_SECONDS = 3.0  # a server whose machine is gone closes no connection: it only stops answering
# On the same connection, so that a worker can count the gateways that read a form (conversations/worker/reply_form.py).
_FORM_CHANNELS = tuple(map(readers_channel, range(2, FORM + 1)))
ANY = "*"  # to listen to all conversations

log = structlog.get_logger(__name__)


class Listener:
    """A client that waits for news of one conversation, or of all. ``polled``: the hub queries SQL for it, not the client."""

    def __init__(self, hub: Hub, polled: bool) -> None:
        self._hub, self.polled = hub, polled
        self._news: asyncio.Queue[tuple[str, str]] = asyncio.Queue(maxsize=64)
        self._missed = False

    def put(self, event: str, conversation: str = "") -> None:
        """Passes on the news ``event``. ``conversation``: the one concerned; empty: any."""
        try:
            self._news.put_nowait((event, conversation))
        except asyncio.QueueFull:  # so many are unread: the reader will look anyway
            self._missed = True

    async def wait(self) -> str:
        """Returns the next event (``reply``, ``typing``, ``erased`` …). After a pause without any, returns ``reply``, so that
        the client reads again, or ``check`` for a polled listener.
        """
        return (await self._next())[0]

    async def changed_conversations(self) -> frozenset[str] | None:
        """Waits for news and returns the conversations of all unread ones. ``None``: all conversations are to be read."""
        changed = {(await self._next())[1]}
        while not self._news.empty():
            changed.add(self._news.get_nowait()[1])
        missed, self._missed = self._missed, False
        return None if missed or "" in changed else frozenset(changed)

    async def _next(self) -> tuple[str, str]:
        try:
            return await asyncio.wait_for(self._news.get(), _IDLE_SECONDS if self.polled else self._hub.patience)
        except TimeoutError:
            return "check" if self.polled else "reply", ""


class Hub:
    """The shared subscription, begun by ``start()``. ``find_replies`` returns the replies since a moment, by number."""

    def __init__(self, url: str, find_replies: Callable[[datetime], Awaitable[dict[int, str]]]) -> None:
        self._find_replies = find_replies
        self._redis = client(url, read_seconds=_READ_SECONDS + 1)
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._connected = False
        self._poll_now = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def patience(self) -> float:
        """Returns the seconds after which a listener reads without news."""
        return _IDLE_SECONDS if self._connected else _POLL_SECONDS

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._poll_replies())]

    @contextmanager
    def listen(self, conversation: str, *, polled: bool = False) -> Iterator[Listener]:
        """Listens from here on. Query SQL inside the block, not before: then no reply is missed."""
        listener = Listener(self, polled)
        self._listeners[conversation].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation].discard(listener)
            if not self._listeners[conversation]:
                del self._listeners[conversation]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    async def _run(self) -> None:
        while True:
            try:
                async with subscribed(self._redis, NEWS, *_FORM_CHANNELS) as subscription:
                    last_message = time.monotonic()
                    while True:
                        message = await subscription.get_message(timeout=_READ_SECONDS)
                        if message is not None:
                            last_message = time.monotonic()
                            self._receive(message)
                        elif time.monotonic() - last_message > _SILENT_SECONDS:
                            raise TimeoutError  # handled as any other lost connection
                        else:
                            await subscription.ping()
            except FAILURES as error:
                if self._connected:
                    log.warning("news_lost", error=type(error).__name__)
            self._connected = False
            self._notify_all()  # shortens the pause of listeners that expect the long one
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _poll_replies(self) -> None:
        """Makes up for lost news."""
        reported: dict[int, str] = {}
        since = now()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._poll_now.wait(), self.patience)
            self._poll_now.clear()
            try:
                replies = await self._find_replies(since - _OVERLAP) if self._listeners else {}
            except (SQLAlchemyError, OSError):
                log.warning("replies_not_looked_for", exc_info=True)
                continue
            since = now()
            for conversation in {replies[seq] for seq in replies.keys() - reported.keys()}:
                self._notify("reply", conversation)
            reported = replies

    def _notify(self, event: str, conversation: str) -> None:
        for listener in (*self._listeners.get(conversation, ()), *self._listeners.get(ANY, ())):
            listener.put(event, conversation)

    def _receive(self, message: dict[str, object]) -> None:
        if message["type"] == "subscribe":
            self._connected = True
            self._notify_all()  # earlier news is in SQL only
        elif message["type"] == "message":
            event, _, conversation = str(message["data"]).partition(" ")
            self._notify(event, conversation)

    def _notify_all(self) -> None:
        self._poll_now.set()
        for listeners in tuple(self._listeners.values()):
            for listener in tuple(listeners):
                if not listener.polled:
                    listener.put("reply")


def replies_since(database: Database) -> Callable[[datetime], Awaitable[dict[int, str]]]:
    """Returns a function that finds conversations with replies since a moment, by each reply's number."""

    async def find_replies(since: datetime) -> dict[int, str]:
        async with database.read(brief=True) as session:
            rows = await session.execute(select(Reply.seq, Reply.conversation_id).where(Reply.created_at >= since))
            return {row.seq: row.conversation_id for row in rows}

    return find_replies
