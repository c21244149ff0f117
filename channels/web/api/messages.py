"""Receiving a message: by POST here, by frame in ``socket``; both through ``take``."""

from typing import Annotated, Literal, Self

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints, model_validator
from starlette.requests import HTTPConnection

from channels.http.deps import Deps
from channels.http.rate_limiting import RETRY_SECONDS
from channels.http.security import Caller, is_from_here, shows_secret
from channels.web.api.resource import RequestBody, resource
from conversations.intake.web import TooManyWaiting
from conversations.record.messages import Accepted
from conversations.signals.work_budget import Payer
from conversations.signing import BadToken, Choice
from core.database.models import Conversation
from core.problems import Problem
from core.turns import Origin

log = structlog.get_logger(__name__)

MessageId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._:-]{1,64}$")]


class Incoming(RequestBody):
    """``id`` is the client's own (a UUID): the same id again is the same message. Either a text or a signed payload."""

    type: Literal["message"] = "message"
    id: MessageId
    text: str | None = None
    payload: str | None = Field(None, max_length=4000)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.payload is None):
            raise ValueError("either text or payload")
        return self


class Receipt(BaseModel):
    """The message is in the record, with the number ``seq``."""

    id: str
    seq: int


async def take(deps: Deps, conversation: Conversation, incoming: Incoming, payer: Payer) -> Accepted:
    """Commits a message, whose answer ``payer`` pays for.

    Raises ``Problem``: 400 for a button that is not (or no longer) ours, 422 too long, 429 too many.
    """
    content: str | Choice
    if conversation.origin == Origin.CITIZEN and not await deps.limits.allow_message(conversation.id):
        raise Problem(429, language=conversation.language, retry_seconds=RETRY_SECONDS)
    if not await deps.budget.is_left(payer):
        log.warning("held_off", limit="work")
        raise Problem(429, language=conversation.language, retry_seconds=RETRY_SECONDS)
    if incoming.payload is not None:
        try:
            content = deps.signing.choice(conversation.id, incoming.payload)
        except BadToken:
            raise Problem(400, "gateway_choice_expired", language=conversation.language) from None
    else:
        content = incoming.text or ""
        if len(content) > deps.settings.message_max_chars:
            raise Problem(422, "gateway_too_long", language=conversation.language)
    if payer:
        await deps.budget.remember(conversation.id, payer)  # before a worker can ask
    try:
        return await deps.inbound.take_web(conversation.id, incoming.id, content, payer)
    except TooManyWaiting:
        raise Problem(429, "gateway_too_many_waiting", language=conversation.language) from None


def payer_over(deps: Deps, conversation: Conversation, connection: HTTPConnection) -> Payer:
    """Returns who pays for answers over ``connection``: the citizen's address; nobody for our own tools and this machine."""
    ours = is_from_here(deps, connection) or shows_secret(deps, connection)
    if conversation.origin != Origin.CITIZEN or ours or not connection.client:
        return ()
    return deps.budget.payer_at(connection.client.host)


def router(deps: Deps) -> APIRouter:
    routes = resource()
    deps.wording.require({"gateway_too_many_waiting"})

    @routes.post("/messages", status_code=202)
    async def send(incoming: Incoming, conversation: Caller, request: Request) -> Receipt:
        accepted = await take(deps, conversation, incoming, payer_over(deps, conversation, request))
        return Receipt(id=incoming.id, seq=accepted.seq)

    return routes
