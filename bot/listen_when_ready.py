"""Rasa under a holder (cli/holder.py): it listens on the socket that was bound for it, once it can answer.

Sanic opens the port before our input channel has warmed up: during a replacement, the new Rasa would get turns that it cannot
answer yet. Written for Rasa 3.6.21 and its Sanic 21.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from core.socket_handover import inherited_socket, report_ready


def listen_when_ready(prepare: Callable[[Any], Awaitable[None]]) -> None:
    """Makes ``Sanic.run`` await ``prepare`` (with the loaded agent) before it listens; without a holder, on its own port."""
    from sanic import Sanic  # noqa: PLC0415 - after bot.patches

    original = Sanic.run

    def run(app: Any, *arguments: Any, **named: Any) -> None:
        async def prepare_agent(running: Any, _: Any) -> None:
            await prepare(running.ctx.agent)
            running.ctx.prepared = True

        async def report(_app: Any, _: Any) -> None:
            report_ready()

        app.register_listener(prepare_agent, "before_server_start")  # after Rasa's own listener, which loads the agent
        app.register_listener(report, "after_server_start")
        listening = inherited_socket()
        if listening is not None:
            named |= {"sock": listening, "host": None, "port": None}
        original(app, *arguments, **named)

    Sanic.run = run  # type: ignore[assignment,method-assign]
