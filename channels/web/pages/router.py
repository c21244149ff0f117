"""All public pages and assets; the gateway mounts this one router."""

from __future__ import annotations

from fastapi import APIRouter

from channels.web.pages import assets, assistant, entry_page, public
from channels.web.pages.deps import PageDeps
from channels.web.pages.templating import Pages
from core.web.routes import join


def router(deps: PageDeps) -> APIRouter:
    """Returns the routes of ``/``, ``/demo``, ``/about``, ``/privacy``, ``/legal``, ``/accessibility``, ``/page/…``,
    ``/assistant…``, ``/widget.js`` and files.
    """
    pages = Pages(deps)
    routes = APIRouter(include_in_schema=False)
    join(routes, assets.router(deps))
    join(routes, public.router(pages, deps.database))
    join(routes, entry_page.router(pages, deps.database))
    join(routes, assistant.router(pages, deps.database))
    return routes
