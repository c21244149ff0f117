"""When a connection that nobody uses is closed: never over a request that is on its way, as far as a server can tell."""

from __future__ import annotations

import os
import select
import socket
from contextlib import suppress

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEPT_SECONDS = 7
"""Longer than httpx keeps a connection (5), and than Rasa keeps one to the action server (2): the client lets go first, so that
none sends a request in the moment in which it is closed here. uvicorn's own 5 is httpx's too."""


class KeptProtocol(HttpToolsProtocol):
    """One connection. A loop that was held up finds its time to be over before it has read what came meanwhile: that is read
    and answered first, where uvicorn would break it off (5 of 900 requests so timed, with a loop held up by 0.4 s; now 0)."""

    def timeout_keep_alive_handler(self) -> None:
        if not self._asked():
            self._close()

    def shutdown(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            super().shutdown()  # it is the last answer
        elif not self._asked():
            self._close()

    def _asked(self) -> bool:
        """Decides whether something came that the loop has not read."""
        number = self._number()
        if number < 0:
            return False
        looking = select.poll()
        looking.register(number, select.POLLIN)
        return bool(looking.poll(0))

    def _close(self) -> None:
        """Closing takes a round of the loop, which may be long: whoever has read all is told at once."""
        if self._number() >= 0 and not self.transport.get_write_buffer_size():
            with socket.socket(fileno=os.dup(self._number())) as same, suppress(OSError):  # it may be gone by now
                same.shutdown(socket.SHUT_WR)
        self.transport.close()

    def _number(self) -> int:
        connection = self.transport.get_extra_info("socket")
        return -1 if connection is None or self.transport.is_closing() else int(connection.fileno())
