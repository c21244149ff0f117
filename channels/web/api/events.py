"""Replies as server-sent events. Read them with ``fetch``: the token goes into a header."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from channels.http.deps import Deps
from channels.http.security import Caller
from channels.web.api.resource import resource
from channels.web.update_stream import follow
from conversations.events import QueueEvent, ReplyEvent
from core.web.row_numbers import RowNumber


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.get("/events", response_class=EventSourceResponse)
    async def events(
        conversation: Caller,
        after: Annotated[RowNumber | None, Query(description="Only replies whose seq is greater.")] = None,
        last_event_id: Annotated[RowNumber | None, Header()] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """Streams events: ``reply``, whose id is the reply's ``seq``; ``queue``; ``notices`` when these have changed.

        A comment every 15 s keeps the connection open.
        """
        start = after if after is not None else last_event_id or 0
        async with aclosing(follow(deps, conversation, start)) as followed:  # type: ignore[type-var]
            async for event in followed:
                if isinstance(event, ReplyEvent):
                    yield ServerSentEvent(event="reply", id=str(event.seq), raw_data=event.model_dump_json())
                elif isinstance(event, QueueEvent):
                    yield ServerSentEvent(event="queue", raw_data=event.model_dump_json())
                elif event == "notices":
                    yield ServerSentEvent(event="notices", raw_data='{"type": "notices"}')

    return routes
