"""Feedback on a reply."""

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select

from channels.http.deps import Deps
from channels.http.security import Caller
from channels.web.api.resource import RequestBody, resource
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Feedback, Reply
from core.privacy.masking import mask
from core.problems import Problem
from core.text.analysis import analyse


class Opinion(RequestBody):
    """``reply`` is the reply's id. A second opinion on the same reply replaces the first; ``comment`` is masked."""

    reply: str = Field(max_length=32)
    useful: bool
    reason: str = Field("", pattern=r"^[a-z_]{0,32}$")
    comment: str = Field("", max_length=1000)


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.post("/feedback", status_code=204)
    async def feedback(opinion: Opinion, conversation: Caller) -> Response:
        comment = await analyse(mask, opinion.comment.replace("\x00", ""))
        values = {
            "useful": opinion.useful,
            "reason": opinion.reason,
            "comment": comment.text,
            "created_at": now(),
        }
        async with deps.database.write() as session:
            own = await session.execute(
                select(Reply.id).where(Reply.id == opinion.reply, Reply.conversation_id == conversation.id)
            )
            if own.scalar_one_or_none() is None:
                raise Problem(404, language=conversation.language)
            await session.execute(
                insert_into(session, Feedback)
                .values(reply_id=opinion.reply, **values)
                .on_conflict_do_update(index_elements=["reply_id"], set_=values)
            )
        return Response(status_code=204)

    return routes
