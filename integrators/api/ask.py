"""``/api/v1/ask``: a citizen's question, put by another program. The dialogue, its limits and its blocks are the website's."""

import asyncio
from typing import Annotated, Self

import orjson
from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select

from channels.http.deps import Deps
from channels.http.origins import PROGRAMS
from channels.web.api.conversations import RECEIPT
from channels.web.api.messages import Incoming, MessageId, take
from channels.web.api.resource import RequestBody
from conversations.events import ReplyEvent, reply_event
from conversations.record.erasure import erase
from conversations.record.messages import Accepted
from conversations.record.opening import open_conversation
from conversations.signing import BadToken, new_id
from core.database.base import now
from core.database.conflict import insert_if_absent
from core.database.models import ApiRequest, ApiToken, Conversation, Reply
from core.identity.vault import Vault
from core.languages import PanelLanguage
from core.privacy.receipts import receipt_of
from core.problems import Problem
from core.turns import Origin
from core.web.row_numbers import RowNumber
from integrators.api.access import resource, scoped
from integrators.tokens import Scope

_CHANNEL = "web"
_GRACE_SECONDS = 2.0  # after the turn's own deadline

Key = Annotated[
    MessageId | None,
    Header(
        alias="Idempotency-Key",
        description="Your own name of this question: sent again with it, the question is not asked twice.",
    ),
]
Continued = Annotated[str, Header(alias="Guichet-Conversation", max_length=500, description="`conversation` of an answer.")]


class Question(RequestBody):
    """Either a text in the citizen's words, or the button that they pressed."""

    text: str | None = Field(None, min_length=1, description="What the citizen wrote.")
    payload: str | None = Field(None, max_length=4000, description="`payload` of an option of an earlier reply.")
    conversation: str = Field("", max_length=500, description="That of an earlier answer; empty: a new one begins.")
    language: PanelLanguage | None = Field(None, description="Language of a new conversation.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.payload is None):
            raise ValueError("either text or payload")
        return self


class Answer(BaseModel):
    """The answer to a question."""

    conversation: str = Field(description="Continues the conversation, with the same token only.")
    reply: ReplyEvent = Field(description="The reply, as the widget gets it.")


class Replies(BaseModel):
    """Replies after a number, oldest first: also those of a human, who writes unasked. Ask next time after the last ``seq``."""

    data: list[ReplyEvent]


class Asking:
    """Puts the questions of tokens to the dialogue."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._vault = Vault(*deps.settings.secret_keys)

    async def answer(self, token: ApiToken, question: Question, key: str) -> Answer:
        """Returns the answer to ``question``, the stored one if it came before with this ``key``. Raises ``Problem``."""
        conversation = await self._conversation_for(token, question, key)
        incoming = Incoming(id=key, text=question.text, payload=question.payload)
        accepted = await take(self._deps, conversation, incoming, ())  # the token's own limit holds, not its address's
        reply = await self._reply_to(accepted, key)
        return Answer(conversation=self._deps.signing.token(conversation.id, _site(token)), reply=reply)

    async def known(self, token: ApiToken, signed: str, after: int | None = None) -> tuple[Conversation, list[ReplyEvent]]:
        """Returns the conversation that ``token`` began, and its replies ``after`` a number. Raises ``Problem`` (404)."""
        try:
            identifier, site = self._deps.signing.conversation(signed)
        except BadToken:
            raise Problem(404, "integrators.conversation_unknown") from None
        current = await self._deps.reply_reader.read(identifier, after) if site == _site(token) else None
        if current is None:
            raise Problem(404, "integrators.conversation_unknown")
        return current.conversation, [*current.replies]

    async def _conversation_for(self, token: ApiToken, question: Question, key: str) -> Conversation:
        """Returns the conversation of the question, and binds ``key`` to both. Raises ``Problem`` 409 for another question."""
        continued = (await self.known(token, question.conversation))[0] if question.conversation else None
        language = question.language or self._deps.settings.default_language
        body = [question.text, question.payload, continued.id if continued else "", language]
        digest = self._vault.digest(orjson.dumps(body).decode())
        async with self._deps.database.write(brief=True) as session:
            before = await session.get(ApiRequest, (token.id, key))
            if before is None:
                origin = Origin.TEST if token.test else Origin.CITIZEN
                conversation = continued or open_conversation(session, channel=_CHANNEL, language=language, origin=origin)
                await session.flush()
                values = {"token_id": token.id, "key": key, "conversation_id": conversation.id, "digest": digest}
                if await insert_if_absent(session, ApiRequest, **values, created_at=now()):
                    return conversation
                if continued is None:  # the same request came twice at once, and the other was first
                    await session.delete(conversation)
                before = await session.get_one(ApiRequest, (token.id, key))
            if not self._vault.same(before.digest, digest):
                raise Problem(409, "integrators.key_reused")
            return await session.get_one(Conversation, before.conversation_id)

    async def _reply_to(self, accepted: Accepted, key: str) -> ReplyEvent:
        """Waits for the reply. Raises ``Problem`` (503) if it takes too long: the same key gets it later."""
        deps = self._deps
        try:
            async with asyncio.timeout(deps.settings.web_turn_seconds + _GRACE_SECONDS):
                with deps.hub.listen(accepted.conversation) as listener:
                    while True:
                        async with deps.database.read(brief=True) as session:
                            joined = select(Reply, Conversation).join(Conversation, Conversation.id == Reply.conversation_id)
                            row = (await session.execute(joined.where(Reply.in_reply_to == accepted.id))).one_or_none()
                        if row is not None:
                            reply, conversation = row
                            render, language = deps.renderers[_CHANNEL], conversation.last_language
                            return reply_event(reply, key, render=render, language=language)
                        await listener.wait()
        except TimeoutError:
            raise Problem(503, "integrators.reply_late") from None


def _site(token: ApiToken) -> str:
    """Returns the site for which conversations of ``token`` are signed: the widget's API refuses it."""
    return f"{PROGRAMS}{token.id}"


def router(deps: Deps) -> APIRouter:
    """Returns the routes."""
    access = scoped(deps, Scope.ASK)  # one dependency, so that a request is counted once
    routes, asking = resource(access), Asking(deps)
    Caller = Annotated[ApiToken, Depends(access)]

    @routes.post("/ask")
    async def ask(question: Question, token: Caller, key: Key = None) -> Answer:
        """Asks a question and waits for the reply, usually some 50 ms."""
        return await asking.answer(token, question, key or new_id())

    @routes.get("/replies")
    async def replies(token: Caller, conversation: Continued, after: RowNumber = 0) -> Replies:
        """Gives the replies of a conversation: a human who has taken it over writes unasked."""
        return Replies(data=(await asking.known(token, conversation, after))[1])

    @routes.delete("/conversation", status_code=204)
    async def forget(token: Caller, conversation: Continued) -> Response:
        """Erases a conversation at the citizen's request. The header Guichet-Receipt proves it."""
        known, _ = await asking.known(token, conversation)
        await erase(deps.database, deps.event_bus, deps.engine, known.id)
        return Response(status_code=204, headers={RECEIPT: receipt_of(known.id)})

    return routes
