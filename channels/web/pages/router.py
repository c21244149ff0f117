"""All public pages and assets; the gateway mounts this one router."""

from fastapi import APIRouter

from channels.web.pages import assets, assistant, entry_page, public
from channels.web.pages.templating import PageDeps, Pages
from core.web.routes import join_router


def router(deps: PageDeps) -> APIRouter:
    """Returns the routes of all public pages, ``/assistant…``, ``/widget.js`` and files."""
    pages = Pages(deps)
    routes = APIRouter(include_in_schema=False)
    join_router(routes, assets.router(deps))
    join_router(routes, public.router(pages, deps.database))
    join_router(routes, entry_page.router(pages, deps.database))
    join_router(routes, assistant.router(pages, deps.database))
    return routes
