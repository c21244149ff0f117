"""Routers put together without making their routes again, as FastAPI's ``include_router`` does: half of what it takes to make
the gateway, and at each request a level of matching for each router within a router."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.routing import APIRoute


def join(into: APIRouter, router: APIRouter, *, tags: Sequence[str] = (), include_in_schema: bool = True) -> None:
    """Give ``into`` the routes of ``router`` as they are, but for their place in the description of the API.

    An application's ``dependency_overrides`` do not reach them, and a lifespan of ``router`` is left out. Raises ``ValueError``
    where ``into`` has a prefix or dependencies: these must be on the router that the routes were added to.
    """
    if into.prefix or into.dependencies:
        raise ValueError(f"{into.prefix or into.dependencies} would not reach the routes that are joined")
    shown = into.include_in_schema and include_in_schema
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.tags = [*into.tags, *tags, *route.tags]
            route.include_in_schema = route.include_in_schema and shown
    into.routes.extend(router.routes)
