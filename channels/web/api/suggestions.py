"""Suggestions while a citizen types. The text comes in the body: access logs print addresses."""

from fastapi import APIRouter, Request
from pydantic import Field

from channels.http.deps import Deps
from channels.web.api.resource import RequestBody, resource
from channels.web.suggestions import MAX_CHARS, Suggestion, Suggestions


class Typed(RequestBody):
    text: str = Field(max_length=MAX_CHARS)


def router(deps: Deps, suggestions: Suggestions) -> APIRouter:
    routes = resource()

    @routes.post("/suggestions")
    async def suggest(typed: Typed, request: Request) -> list[Suggestion]:
        """Returns suggestions; none to who asks too often, because a message is more important than its suggestions."""
        host = request.client.host if request.client else ""
        most = deps.settings.limit_suggestions_per_minute
        if not deps.settings.suggestions or not await deps.limits.allow_address("suggest", host, per_minute=most):
            return []
        return suggestions(typed.text)

    return routes
