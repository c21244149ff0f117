"""The web API, ``/api/web``, used by the widget and ``/assistant``. One file for each resource."""

from fastapi import APIRouter

from channels.http.deps import Deps
from channels.web.api import (
    config,
    conversations,
    events,
    feedback,
    history,
    messages,
    notices,
    satisfaction,
    socket,
    suggestions,
)
from channels.web.suggestions import Suggestions
from core.web.routes import join_router


def router(deps: Deps) -> APIRouter:
    """Returns all routes of ``/api/web``."""
    routes = APIRouter()
    for part in (conversations, messages, events, socket, history, feedback, satisfaction, notices):
        join_router(routes, part.router(deps))
    typed = Suggestions(deps.database, deps.settings)
    join_router(routes, config.router(deps, typed))
    join_router(routes, suggestions.router(deps, typed))
    return routes
