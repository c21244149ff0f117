"""Time-outs for slow clients: uvicorn by itself waits for ever for slow headers and bodies.

A request must be complete within ``request_seconds``, or ``upload_seconds`` once its sender is known
(``core.web.upload_time``). Its headers may take ``MAX_HEADERS`` bytes, and a client must read some of its answer within
``read_seconds``.
"""

import asyncio
from typing import Any

from core.web.keep_alive import KeepAliveProtocol
from core.web.upload_time import MORE_TIME

MAX_HEADERS = 64 * 1024


class TimeoutProtocol(KeepAliveProtocol):
    """One connection. A subclass may set other times."""

    request_seconds = 10.0
    upload_seconds = 300.0
    read_seconds = 30.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._head: int | None = 0  # bytes since the request began; ``None`` once its headers are complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait(self.request_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
            if self._head > MAX_HEADERS + len(data):
                self.transport.abort()
                return
            if self._waiting is None:  # the next request of a connection that was kept
                self._wait(self.request_seconds)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._head = None
        self.scope[MORE_TIME] = self._allow_upload  # type: ignore[literal-required]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._cancel()
        self._head = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._cancel()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(self.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    def _allow_upload(self) -> None:
        if self._waiting is not None:  # else the request is complete
            self._wait(self.upload_seconds)

    def _wait(self, seconds: float) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(seconds, self.transport.abort)

    def _cancel(self) -> None:
        for timer in (self._waiting, self._stuck):
            if timer is not None:
                timer.cancel()
        self._waiting = self._stuck = None
