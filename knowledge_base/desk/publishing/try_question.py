"""Trying a question: the ranking with its reasons, and the editor's action on it."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field

from core.channels import TRAITS
from core.database import Database
from core.privacy.masking import mask
from core.problems import Problem
from core.text.analysis import analyse
from core.text.wants_human import wants_human
from desk import back, render
from knowledge_base.desk.access import Editor, Reader
from knowledge_base.desk.publishing.contracts import Replies, no_replies
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.publishing.explanation_text import explanation_text
from knowledge_base.desk.publishing.forms import Line, parse_entry
from knowledge_base.desk.publishing.golden import golden_problems
from knowledge_base.editing.errors import EditRefused
from knowledge_base.quality.demand.subjects import add_wordings
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from retrieval.explanation import Explanation

_PAGE = "/desk/try"


class SearchRequest(BaseModel):
    """A question, and an entry (its id) to compare with the first."""

    query: str = Field(min_length=1, max_length=2000)
    locale: str = Field("fr", max_length=8)
    entry: str = Field("", max_length=64)


def router(database: Database, engine: EngineClient, collection: str, replies: Replies = no_replies) -> APIRouter:
    """Returns the page ``/desk/try``, ``POST /api/desk/try``, and what can be done with a wording."""
    routes = APIRouter()

    @routes.get(_PAGE, include_in_schema=False)
    async def page(
        http: Request,
        staff: Reader,
        q: Annotated[str, Query(max_length=2000)] = "",
        entry: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        query = (await analyse(mask, q.strip())).text
        if not query:
            return render(http, staff, "publishing/try.html", q="", entry=entry.strip(), why=None)
        why, reply, citizens = await asyncio.gather(
            engine.explain(query, locale="fr", collection=collection, entry=entry.strip()),
            engine.explain_reply(query, language="fr"),
            replies(query, "fr"),
        )
        shown: dict[str, Any] = {
            "why": why,
            "reply": reply,
            "replies": citizens,
            "drawn": [name for name, traits in TRAITS.items() if traits.has_buttons],  # by the widget's own code
            "in_words": partial(explanation_text, reply, citizens),
        }
        shown["asks_human"] = wants_human(query)  # not sent: such a turn would wait in the supervisors' queue
        return render(http, staff, "publishing/try.html", q=query, entry=entry.strip(), **shown)

    @routes.post("/api/desk/try")
    async def try_search(wanted: SearchRequest, staff: Reader) -> Explanation:
        """Returns why this question is answered as it is."""
        query = (await analyse(mask, wanted.query)).text
        return await engine.explain(query, locale=wanted.locale, collection=collection, entry=wanted.entry)

    @routes.post(_PAGE + "/wording", include_in_schema=False)
    async def attach(staff: Editor, q: Line, entry: Annotated[str, Form(max_length=200)]) -> Response:
        target, page = parse_entry(entry, staff)
        q = (await analyse(mask, q.strip())).text  # it becomes part of the next address
        try:
            await add_wordings(database, target, page, [q], author=staff.id, reason=q)
        except EditRefused as error:
            raise Problem(409, "publishing.not_attached") from error
        return back(_PAGE, "attached", q=q)

    @routes.post(_PAGE + "/golden", include_in_schema=False)
    async def keep(staff: Editor, q: Line, entry: Annotated[str, Form(max_length=200)] = "") -> Response:
        gold = (entry.strip().rpartition("/")[2],) if entry.strip() else ()
        with golden_problems():
            await add(database, Golden(question=q, gold=gold, origin="editor", author=staff.id), within=staff.collections)
        return back(_PAGE, "golden_kept", q=(await analyse(mask, q.strip())).text)

    return routes
