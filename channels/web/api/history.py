"""The history of a conversation: to resume, for another tab, to download."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import func, select

from channels.http.deps import Deps
from channels.http.security import Caller
from channels.web.api.resource import resource
from channels.web.update_stream import queue_event
from conversations.events import QueueEvent, ReplyEvent, reply_event
from conversations.record.seen import mark_seen
from core.database.models import Message, Reply
from core.turns import Outcome

_MOST = 500  # the latest messages


class HistoryMessage(BaseModel):
    """A citizen's message, masked."""

    id: str
    text: str
    at: datetime


class HistoryTurn(BaseModel):
    """A message and its reply (``None`` until it comes), or a reply to no message."""

    message: HistoryMessage | None
    reply: ReplyEvent | None


class History(BaseModel):
    """Oldest first. ``queue``: the place of a citizen who waits for a human, or a note that an answer takes long."""

    conversation: str
    language: str
    turns: list[HistoryTurn]
    queue: QueueEvent


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.get("/history")
    async def history(
        conversation: Caller,
        last: Annotated[int, Query(ge=1, le=_MOST, description="Only so many messages, the latest ones.")] = _MOST,
    ) -> History:
        async with deps.database.read() as session:
            answered = await session.execute(
                select(Message, Reply)
                .outerjoin(Reply, Reply.in_reply_to == Message.id)
                .where(Message.conversation_id == conversation.id)
                .order_by(Message.seq.desc())
                .limit(last)
            )
            unasked = await session.execute(
                select(Reply)
                .where(Reply.conversation_id == conversation.id, Reply.in_reply_to.is_(None))
                .order_by(Reply.seq.desc())
                .limit(last)
            )
            human = await session.execute(
                select(func.max(Reply.seq)).where(
                    Reply.conversation_id == conversation.id, Reply.outcome == Outcome.HUMAN, Reply.in_reply_to.is_(None)
                )
            )
        if last := human.scalar_one():
            await mark_seen(deps.database, deps.event_bus, conversation.id, last)
        render = deps.renderers[conversation.channel]

        def event(reply: Reply | None, external: str | None) -> ReplyEvent | None:
            if reply is None:
                return None
            return reply_event(reply, external, render=render, language=conversation.last_language)

        turns = [
            (
                message.received_at,
                HistoryTurn(
                    message=HistoryMessage(id=message.external_id, text=message.text or "", at=message.received_at),
                    reply=event(reply, message.external_id),
                ),
            )
            for message, reply in answered.all()
        ]
        turns += [(reply.created_at, HistoryTurn(message=None, reply=event(reply, None))) for reply in unasked.scalars()]
        turns.sort(key=lambda turn: turn[0])
        history_turns = [turn for _, turn in turns]
        # The figures on waiting are seconds old: they are not used for messages answered since.
        waits = any(turn.reply is None for turn in history_turns)
        late = await deps.backlog.of(conversation.id) if waits else None
        queue = queue_event(deps, await deps.queue_positions.of(conversation.id, fresh=True), late)
        return History(conversation=conversation.id, language=conversation.language, turns=history_turns, queue=queue)

    return routes
