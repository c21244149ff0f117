"""Starts the search of a turn while Rasa still classifies the message."""

import asyncio
from functools import partial

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from actions.replies.style import PAGES
from retrieval.turn_scoped_retriever import TurnScopedRetriever

_TURN_SECONDS = 10.0  # by then the turn has come, or will never come


class AheadRequest(BaseModel):
    """A message in the form that its turn will have."""

    message_id: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=10_000)
    language: str


def router(retriever: TurnScopedRetriever, collection: str | None) -> APIRouter:
    """Returns ``POST /ahead``: 202 at once. If the turn then needs another search, it searches as usual."""
    routes = APIRouter()

    @routes.post("/ahead", status_code=202, response_class=Response)
    async def ahead(request: AheadRequest) -> None:
        loop = asyncio.get_running_loop()
        if engine := retriever.ahead(request.message_id):
            search = partial(engine.begin, request.text, locale=request.language, collection=collection, limit=PAGES)
            loop.run_in_executor(None, search)
            loop.call_later(_TURN_SECONDS, retriever.forget, request.message_id)

    return routes
