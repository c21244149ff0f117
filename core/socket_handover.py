"""A process's connection to its holder (cli/holder.py): the socket bound for it, and the pipe to report that it is ready.

Without a holder (systemd, containers) there is neither, and nothing to do.
"""

import os
import signal
import socket
import sys
import threading
import time

_SOCKET, _READY = "HOLDER_SOCKET", "HOLDER_READY"  # numbers of file descriptors; not settings, since nobody sets them


def inherited_socket() -> socket.socket | None:
    """Returns the socket to listen on. Call it only once."""
    number = os.environ.pop(_SOCKET, "")
    if not number:
        return None
    os.set_inheritable(int(number), False)
    return socket.socket(fileno=int(number))


def has_holder() -> bool:
    """Decides whether a holder waits for this process to be ready; it may keep another process running until then."""
    return _READY in os.environ


def report_ready() -> None:
    """Reports to the holder, which then ends the replaced process. Raises ``BrokenPipeError`` if the holder is gone."""
    number = os.environ.pop(_READY, "")
    if not number:
        return
    os.write(int(number), b"1")
    os.close(int(number))
    if sys.platform != "linux":  # there, the system ends this process with its holder
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(holder: int) -> None:
    while os.getppid() == holder:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
