"""Closes idle connections, but never while a request is on its way, as far as a server can tell."""

import os
import select
import socket
from contextlib import suppress

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS = 7
"""Longer than httpx keeps a connection (5), and than Rasa keeps one to the action server (2): the client lets go first, so that
none sends a request in the moment in which it is closed here. uvicorn's own 5 is httpx's too."""


class KeepAliveProtocol(HttpToolsProtocol):
    """One connection, which reads and answers received data before it closes.

    uvicorn closes it if a blocked event loop has not read them in time (5 of 900 requests, loop blocked for 0.4 s; now 0).
    """

    def timeout_keep_alive_handler(self) -> None:
        if not self._is_requested():
            self._close()

    def shutdown(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            super().shutdown()  # the present response is the last one
        elif not self._is_requested():
            self._close()

    def _is_requested(self) -> bool:
        """Decides whether data has arrived that the loop has not read."""
        number = self._number()
        if number < 0:
            return False
        looking = select.poll()
        looking.register(number, select.POLLIN)
        return bool(looking.poll(0))

    def _close(self) -> None:
        """Ends the sending direction at once, so that the client notices, then closes: that takes a round of the loop."""
        if self._number() >= 0 and not self.transport.get_write_buffer_size():
            with socket.socket(fileno=os.dup(self._number())) as same, suppress(OSError):  # it may already be closed
                same.shutdown(socket.SHUT_WR)
        self.transport.close()

    def _number(self) -> int:
        connection = self.transport.get_extra_info("socket")
        return -1 if connection is None or self.transport.is_closing() else int(connection.fileno())
