"""Routes for ``./guichet ask`` and our other tools on this machine: conversations on any channel, marked as the tools'."""

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from channels.http.deps import Deps
from channels.http.security import internal_only
from conversations.record.opening import open_conversation
from core.channels import ChannelName
from core.database.models import Conversation
from core.problems import Problem
from core.turns import Origin


class ConversationRequest(BaseModel):
    """A new conversation on ``channel``, or the one named by ``conversation`` (never a citizen's)."""

    model_config = ConfigDict(extra="forbid")

    conversation: str | None = Field(None, max_length=32)
    channel: ChannelName = "web"
    language: Literal["fr", "en"] | None = None
    origin: Literal["ask", "bench", "test"] = "ask"


class ConversationAccess(BaseModel):
    conversation: str
    token: str
    channel: str
    language: str


def router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix="/api/internal", dependencies=[Depends(internal_only(deps))], include_in_schema=False)

    @routes.post("/conversations", status_code=201)
    async def conversation(body: ConversationRequest) -> ConversationAccess:
        async with deps.database.write() as session:
            if body.conversation is None:
                found = open_conversation(
                    session,
                    channel=body.channel,
                    language=body.language or deps.settings.default_language,
                    origin=Origin(body.origin),
                )
            else:
                row = await session.get(Conversation, body.conversation)
                if row is None or row.origin in (Origin.CITIZEN, Origin.SIMULATOR):
                    raise Problem(404)  # tools must not write in a citizen's name
                found = row
                if body.language:
                    found.language, found.spoken = body.language, None
            await session.flush()
        return ConversationAccess(
            conversation=found.id, token=deps.signing.token(found.id), channel=found.channel, language=found.language
        )

    return routes
