"""Rasa under a holder (cli/holder.py): it uses the socket that was bound for it, listens once it can answer, and reports it.

Sanic opens the port before our input channel has warmed up: during a replacement, the new Rasa would get turns that it cannot
answer yet. Written for Rasa 3.6.21 and its Sanic 21.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

_SOCKET, _READY = "HOLDER_SOCKET", "HOLDER_READY"


def listen_when_ready(prepare: Callable[[Any], Awaitable[None]]) -> None:
    """Makes ``Sanic.run`` await ``prepare`` (with the loaded agent) before it listens; without a holder, on its own port."""
    from sanic import Sanic  # noqa: PLC0415 - after bot.patches

    original = Sanic.run

    def run(app: Any, *arguments: Any, **named: Any) -> None:
        async def prepared(running: Any, _: Any) -> None:
            await prepare(running.ctx.agent)
            running.ctx.prepared = True

        async def told(_app: Any, _: Any) -> None:
            tell_ready()

        app.register_listener(prepared, "before_server_start")  # after Rasa's own listener, which loads the agent
        app.register_listener(told, "after_server_start")
        given = inherited()
        if given is not None:
            named |= {"sock": given, "host": None, "port": None}
        original(app, *arguments, **named)

    Sanic.run = run  # type: ignore[assignment,method-assign]


def inherited() -> socket.socket | None:
    """Returns the socket that was bound for us; only the first call does."""
    number = os.environ.pop(_SOCKET, "")
    if not number:
        return None
    os.set_inheritable(int(number), False)
    return socket.socket(fileno=int(number))


def tell_ready() -> None:
    """Reports to the holder, if there is one. Raises ``BrokenPipeError`` if it is gone."""
    number = os.environ.pop(_READY, "")
    if not number:
        return
    os.write(int(number), b"1")
    os.close(int(number))
    if sys.platform != "linux":  # on Linux the system ends this process with its holder
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(holder: int) -> None:
    while os.getppid() == holder:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
