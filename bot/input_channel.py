"""The only access to Rasa: the worker's requests for turns, over loopback, with a secret.

POST turns, DELETE conversations/{id}, GET health, all under /webhooks/guichet; errors are application/problem+json.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import action_calls, dialogue, trace
from bot.incoming import Malformed, is_id, parse
from bot.logs import log_turns
from bot.tracker_store import TurnTrackerStore

logger = logging.getLogger("guichet.bot")

Handler = Callable[..., Awaitable[HTTPResponse]]


class GuichetInput(InputChannel):  # type: ignore[misc]
    """Named in ``credentials.yml``, with ``secret`` (required), ``also`` (a second one, while it changes) and ``turn_seconds``,
    after which a turn fails.
    """

    def __init__(self, secrets: Sequence[str], turn_seconds: float) -> None:
        self._secrets, self._turn_seconds = [secret.encode() for secret in secrets], turn_seconds
        # Below this level Rasa prints citizens' texts.
        rasa_logger = logging.getLogger("rasa")
        rasa_logger.setLevel(max(rasa_logger.level, logging.ERROR))
        log_turns(logger)

    @classmethod
    def name(cls) -> str:
        return "guichet"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GuichetInput:
        """Returns the channel. Raises ``ValueError`` without a secret: there is no default."""
        secret = str((credentials or {}).get("secret") or "")
        if not secret or secret.startswith("$"):
            raise ValueError("GUICHET_INTERNAL_SECRET is not set")
        also = str((credentials or {}).get("also") or "")
        secrets = [secret, also] if also and not also.startswith("$") else [secret]
        return cls(secrets, float((credentials or {}).get("turn_seconds", 4)))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the routes. ``on_new_message`` is not used: it would save a failed turn."""
        routes = Blueprint("guichet")

        async def ready(app: Any, _: Any) -> None:
            if not getattr(app.ctx, "prepared", False):  # bot.listen_when_ready does it before the port is open
                await prepare(app.ctx.agent)

        routes.listener("after_server_start")(ready)

        @routes.post("/turns")
        @self._authenticated
        async def turns(request: Request) -> HTTPResponse:
            return await self._turn(request.app.ctx.agent, request)

        @routes.delete("/conversations/<conversation:str>")
        @self._authenticated
        async def erase(request: Request, conversation: str) -> HTTPResponse:
            if not is_id(conversation):
                return problem(422, "conversation must be 1 to 64 letters and digits")
            await dialogue.erase(request.app.ctx.agent, conversation)
            return response.empty()

        @routes.get("/health")
        @self._authenticated
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            if not isinstance(getattr(agent, "tracker_store", None), TurnTrackerStore):
                return problem(503, "no model is loaded yet")
            return response.json({"model": agent.processor.model_filename})

        return routes

    async def _turn(self, agent: Agent, request: Request) -> HTTPResponse:
        began, ids = time.monotonic(), {}
        trace.begin(request.headers.get(trace.HEADER, ""))
        calls = action_calls.begin(skip=action_calls.SKIP_HEADER in request.headers)
        seconds = action_calls.turn_seconds(request.headers.get(action_calls.SECONDS_HEADER, ""), self._turn_seconds)
        try:
            incoming = parse(request.json, set(agent.domain.intents))
            ids = {"conversation": incoming.conversation, "message": incoming.message_id, "channel": incoming.channel}
            answer = await asyncio.wait_for(dialogue.turn(agent, incoming), seconds)
        except (Malformed, InvalidUsage) as error:
            return problem(422, str(error))
        except Exception as error:  # after any error the worker falls back, and nothing was kept of the turn
            cause = action_calls.cause(calls)
            logger.error("turn_failed", extra={"fields": {**ids, "error": type(error).__name__, **cause}})
            return problem(503, "the turn failed, and may be tried again", **cause)
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        fields = {**ids, "outcome": answer["outcome"], "milliseconds": milliseconds}
        logger.info("turn", extra={"fields": fields})
        return response.json(answer, headers=trace.response_headers() | action_calls.response_headers(calls))

    def _authenticated(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: Request, *arguments: Any, **named: Any) -> HTTPResponse:
            shown = request.headers.get("x-guichet-secret", "")
            given = shown.encode("utf-8", "surrogateescape")
            if not any([hmac.compare_digest(given, secret) for secret in self._secrets]):  # noqa: C419 - time tells nothing
                return problem(401, "the secret is wrong or missing")
            return await handler(request, *arguments, **named)

        return checked


async def prepare(agent: Agent) -> None:
    """Takes the store out of Rasa's wrapper, and warms up the pipeline (the first message costs a second).

    The wrapper keeps turns in memory when SQL fails, and Rasa silently falls back to memory when the store of ``endpoints.yml``
    cannot be imported: a turn must fail instead. Raises ``RuntimeError`` in the latter case.
    """
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, TurnTrackerStore):
        raise RuntimeError("endpoints.yml names no tracker store of bot.tracker_store")
    await agent.parse_message("bonjour")
    gc.collect()
    gc.freeze()  # loaded objects stay: no garbage collection need scan them (core/garbage_collection.py)
    agent.tracker_store = agent.processor.tracker_store = store
    if agent.action_endpoint is not None:
        action_calls.watch(agent.action_endpoint)
        trace.pass_on(agent.action_endpoint)


def problem(status: int, detail: str, **more: object) -> HTTPResponse:
    """Returns an error in the form of RFC 9457, with ``more`` members of our own."""
    body = {"type": "about:blank", "title": "Dialogue", "status": status, "detail": detail, **more}
    return response.json(body, status=status, content_type="application/problem+json")
