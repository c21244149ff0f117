"""The console's socket: sends the live list and news of open conversations, receives signs of life."""

import asyncio
from typing import Annotated, Any, Literal

import orjson
import structlog
from fastapi import APIRouter, WebSocket
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocketDisconnect

from conversations.client_updates.hub import Hub
from core.database.models import Conversation
from core.identity import Right, Staff
from core.identity.conversation_access import Access, accesses, record_denial, roster
from desk import signed_in_socket
from supervision.desk.console.services import ConsoleServices
from supervision.handoffs.presence import Duty, record_presence

_MOST_OPEN = 12  # open conversations in one console
_MALFORMED = 1007

log = structlog.get_logger(__name__)


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Beat(_Frame):
    """A sign of life. ``available``: takes new conversations."""

    type: Literal["beat"]
    available: bool


class Watch(_Frame):
    """The conversations whose news the console wants."""

    type: Literal["watch"]
    conversations: list[Annotated[str, Field(max_length=32)]] = Field(max_length=_MOST_OPEN)


class Typing(_Frame):
    """The supervisor is writing in ``conversation``: the citizen sees this."""

    type: Literal["typing"]
    conversation: str = Field(max_length=32)


_FRAMES: TypeAdapter[Beat | Watch | Typing] = TypeAdapter(Annotated[Beat | Watch | Typing, Field(discriminator="type")])


class Session:
    """The connection of one console."""

    def __init__(self, services: ConsoleServices, socket: WebSocket, staff: Staff) -> None:
        self._services, self._socket, self._staff = services, socket, staff
        self._watched: dict[str, asyncio.Task[None]] = {}
        self._denied: set[tuple[str, str]] = set()
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serves until either side closes."""
        async with self._services.live_list.subscribe(self._staff.id) as queue:
            tasks = [asyncio.create_task(self._send_updates(queue)), asyncio.create_task(self._receive_frames())]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in (*tasks, *self._watched.values()):
                    task.cancel()
                await asyncio.gather(*tasks, *self._watched.values(), return_exceptions=True)

    async def _send_updates(self, queue: asyncio.Queue[dict[str, Any]]) -> None:
        while True:
            await self._send(await queue.get())

    async def _receive_frames(self) -> None:
        while True:
            match _FRAMES.validate_json(await self._socket.receive_text()):
                case Beat(available=available):
                    await self._beat(available)
                case Watch(conversations=conversations):
                    self._watch(set(conversations))
                case Typing(conversation=conversation):
                    if await self._may_see(conversation, "typing"):
                        await self._services.deps.event_bus.notify(conversation, "typing")

    async def _beat(self, available: bool) -> None:
        staff = self._staff
        duty = Duty(staff.id, staff.capacity, staff.teams, staff.languages, available)
        await record_presence(self._services.deps.database, duty, self._services.absent_after)
        await self._send({"type": "beat"})

    def _watch(self, wanted: set[str]) -> None:
        for conversation in self._watched.keys() - wanted:
            self._watched.pop(conversation).cancel()
        for conversation in wanted - self._watched.keys():
            self._watched[conversation] = asyncio.create_task(self._follow(self._services.deps.hub, conversation))

    async def _follow(self, hub: Hub, conversation: str) -> None:
        with hub.listen(conversation) as listener:
            if not await self._may_see(conversation, "watch"):
                return
            while True:
                event = await listener.wait()
                if not await self._may_see(conversation):  # it was transferred meanwhile
                    return
                await self._send({"type": "news", "conversation": conversation, "what": event})

    async def _may_see(self, conversation: str, act: str = "") -> bool:
        """Decides whether the supervisor may see news of ``conversation`` now. Audits a denied ``act``, once per connection."""
        database = self._services.deps.database
        async with database.read() as session:
            if await session.get(Conversation, conversation) is None:
                return False
            staff = (await roster(session)).people.get(self._staff.id, self._staff)  # with their present teams
            granted = (await accesses(session, staff, [conversation]))[conversation]
        if granted is not Access.OPEN and act and (conversation, act) not in self._denied:
            self._denied.add((conversation, act))
            await record_denial(database, staff, conversation, act, granted)
        return granted is Access.OPEN

    async def _send(self, frame: dict[str, Any]) -> None:
        async with self._sending:
            await self._socket.send_text(orjson.dumps(frame).decode())


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter()

    @routes.websocket("/api/desk/console/socket")
    async def socket(websocket: WebSocket) -> None:
        async with signed_in_socket(websocket, Right.HANDLE_CONVERSATIONS) as staff:
            try:
                await Session(services, websocket, staff).run()
            except (WebSocketDisconnect, RuntimeError):
                return
            except ValidationError:
                await websocket.close(_MALFORMED)

    return routes
