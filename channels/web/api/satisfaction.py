"""The end of a contact: satisfied or not, and what was missing. One press each."""

from typing import Literal

from fastapi import APIRouter, Response

from channels.http.deps import Deps
from channels.http.security import Caller
from channels.web.api.resource import RequestBody, resource
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Satisfaction

MISSING = ("answer", "steps", "clarity", "person", "other")
"""The choices of what was missing, in the order in which they are offered; their texts are ``ui_missing_…``."""


class Verdict(RequestBody):
    """``missing`` belongs to a "no"; a second verdict on the same conversation replaces the first."""

    satisfied: bool
    missing: Literal["", "answer", "steps", "clarity", "person", "other"] = ""


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.post("/satisfaction", status_code=204)
    async def satisfaction(verdict: Verdict, conversation: Caller) -> Response:
        missing = "" if verdict.satisfied else verdict.missing
        values = {"satisfied": verdict.satisfied, "missing": missing, "created_at": now()}
        async with deps.database.write(brief=True) as session:
            await session.execute(
                insert_into(session, Satisfaction)
                .values(conversation_id=conversation.id, **values)
                .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
            )
        return Response(status_code=204)

    return routes
