"""The same conversation over a WebSocket: the token in the first frame, messages up, replies down."""

import asyncio
from collections import deque
from contextlib import aclosing
from typing import Any, Literal

import orjson
import structlog
from fastapi import APIRouter, WebSocket
from pydantic import Field, ValidationError
from starlette.websockets import WebSocketDisconnect

from channels.http.deps import Deps
from channels.http.origins import allowed_site, site_of
from channels.http.security import conversation_by_token
from channels.web.api.messages import Incoming, payer_over, take
from channels.web.api.resource import RequestBody, resource
from channels.web.update_stream import follow
from conversations.events import QueueEvent, ReplyEvent
from conversations.intake.web import UnknownConversation
from conversations.record.seen import mark_seen
from core.database.models import Conversation
from core.problems import Problem, language_of
from core.turns import Origin
from core.web.row_numbers import RowNumber

MAX_FRAME = 16 * 1024  # bytes; the server has the same limit, and closes with 1009
_HELLO_SECONDS = 10
_FLOOD, _FLOOD_SECONDS = 40, 10.0  # frames in so many seconds
BAD_TOKEN, FLOOD = 4401, 1008
_NO_TEXT = 1003  # the WebSocket's code for it

log = structlog.get_logger(__name__)


class Hello(RequestBody):
    """The first frame. ``after``: the last ``seq`` that the client has seen."""

    type: Literal["hello"]
    token: str = Field(max_length=600)
    after: RowNumber = 0


class Hint(RequestBody):
    """``typing``: the citizen writes; ``seen``: the replies up to ``seq`` were shown. Only a supervisor sees it."""

    type: Literal["typing", "seen"]
    seq: RowNumber = 0


class _Closed(Exception):
    """The socket is to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Session:
    """One socket, from hello to close."""

    def __init__(self, deps: Deps, socket: WebSocket) -> None:
        self._deps = deps
        self._socket = socket
        self._frames: deque[float] = deque(maxlen=_FLOOD)
        self._sending = asyncio.Lock()
        self._limited = True

    async def run(self) -> None:
        """Serves until either side closes."""
        await self._socket.accept()
        code = 1000
        try:
            conversation, after = await self._hello()
            self._limited = conversation.origin == Origin.CITIZEN  # our own benchmark is allowed to be fast
            await self._send({"type": "ready"})
            tasks = {
                asyncio.create_task(self._push(conversation, after)),
                asyncio.create_task(self._pull(conversation)),
            }
            done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            for task in done:
                task.result()
        except WebSocketDisconnect:
            return
        except _Closed as closed:
            code = closed.code
        except Exception:
            log.error("socket_failed", exc_info=True)
            code = 1011
        try:
            await self._socket.close(code)
        except RuntimeError:
            return  # gone already

    async def _hello(self) -> tuple[Conversation, int]:
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                hello = Hello.model_validate_json(await self._receive())
            return await conversation_by_token(self._deps, hello.token, self._socket), hello.after
        except (ValidationError, TimeoutError):
            raise _Closed(BAD_TOKEN) from None
        except Problem as problem:
            await self._error(problem, language_of(self._socket, self._deps.settings.default_language))
            raise _Closed(BAD_TOKEN) from None

    async def _push(self, conversation: Conversation, after: int) -> None:
        async with aclosing(follow(self._deps, conversation, after)) as followed:  # type: ignore[type-var]
            async for event in followed:
                if isinstance(event, ReplyEvent | QueueEvent):
                    await self._send(event.model_dump(mode="json"))
                else:
                    await self._send({"type": event})

    async def _pull(self, conversation: Conversation) -> None:
        while True:
            frame = await self._receive()
            content: Any = None
            try:
                content = orjson.loads(frame)
                if isinstance(content, dict) and content.get("type") == "ping":
                    await self._send({"type": "pong"})
                    continue
                if isinstance(content, dict) and content.get("type") in ("typing", "seen"):
                    await self._hint(conversation, Hint.model_validate(content))
                    continue
                incoming = Incoming.model_validate(content)
                payer = payer_over(self._deps, conversation, self._socket)
                accepted = await take(self._deps, conversation, incoming, payer)
                await self._send({"type": "accepted", "id": incoming.id, "seq": accepted.seq})
            except (orjson.JSONDecodeError, ValidationError):
                await self._error(Problem(422), conversation.language, content)
            except Problem as problem:
                await self._error(problem, conversation.language, content)
            except UnknownConversation:
                raise _Closed(BAD_TOKEN) from None

    async def _hint(self, conversation: Conversation, hint: Hint) -> None:
        if hint.type == "typing":
            await self._deps.event_bus.notify(conversation.id, "citizen")
        else:
            await mark_seen(self._deps.database, self._deps.event_bus, conversation.id, hint.seq)

    async def _receive(self) -> str:
        try:
            frame = await self._socket.receive_text()
        except KeyError:  # bytes, which our clients never send
            raise _Closed(_NO_TEXT) from None
        moment = asyncio.get_running_loop().time()
        if self._limited and len(self._frames) == _FLOOD and moment - self._frames[0] < _FLOOD_SECONDS:
            raise _Closed(FLOOD)
        self._frames.append(moment)
        return frame

    async def _error(self, problem: Problem, language: str, content: Any = None) -> None:
        document = problem.document(self._deps.wording.say, language)
        identifier = content.get("id") if isinstance(content, dict) else None
        concerns = {"id": identifier} if isinstance(identifier, str) else {}
        await self._send({"type": "error", "problem": document, **concerns})

    async def _send(self, content: dict[str, Any]) -> None:
        async with self._sending:
            await self._socket.send_text(orjson.dumps(content).decode())


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.websocket("/socket")
    async def socket(websocket: WebSocket) -> None:
        if not allowed_site(deps.settings, site_of(deps.settings, websocket)):
            await websocket.close(1008)
            return
        await Session(deps, websocket).run()

    return routes
