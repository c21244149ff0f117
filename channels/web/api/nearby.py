"""The nearest office to where a citizen is, after a press on "The nearest to me".

The position is in the body of this request and nowhere else: it is neither stored nor logged, and no message has it. What
follows is a choice of the office that was found, as if the citizen had chosen it.
"""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter
from pydantic import BaseModel, Field

from channels.http.deps import Deps
from channels.http.rate_limiting import RETRY_SECONDS
from channels.http.security import Caller
from channels.web.api.resource import RequestBody, resource
from conversations.signing import BadToken
from core.nearest import CHOSEN_OFFICE, kind_asked, payload_of
from core.problems import Problem
from core.turns import ChoicesBlock, Option

type Nearest = Callable[[str, float, float], str | None]
"""Returns the id of the nearest office of a kind to a latitude and longitude, if one is near."""


class Position(RequestBody):
    """``payload``: that of the button that was pressed."""

    payload: str = Field(max_length=4000)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Choice(BaseModel):
    """What the widget sends as the citizen's message. ``payload`` is empty if no such office is near."""

    label: str
    payload: str


def router(deps: Deps, nearest: Nearest) -> APIRouter:
    routes = resource()

    @routes.post("/nearby")
    async def nearby(position: Position, conversation: Caller) -> Choice:
        if not await deps.limits.allow_message(conversation.id):
            raise Problem(429, language=conversation.language, retry_seconds=RETRY_SECONDS)
        try:
            pressed = deps.signing.choice(conversation.id, position.payload)
        except BadToken:
            raise Problem(400, "gateway_choice_expired", language=conversation.language) from None
        kind = kind_asked(pressed.payload)
        if kind is None:
            raise Problem(422, language=conversation.language)
        office = await asyncio.to_thread(nearest, kind, position.latitude, position.longitude)
        if office is None:
            return Choice(label=pressed.label, payload="")
        option = Option(label=pressed.label, payload=payload_of(CHOSEN_OFFICE + office))
        (signed,) = deps.signing.sign_choices(conversation.id, [ChoicesBlock(options=(option,))])
        assert isinstance(signed, ChoicesBlock)
        return Choice(label=pressed.label, payload=signed.options[0].payload)

    return routes
