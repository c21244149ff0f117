"""Routers that are joined: their routes as they are, with their own dependencies, described where they are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from starlette.testclient import TestClient

from core.web.routes import join_router


def _refuse() -> None:
    raise HTTPException(403)


def _inner() -> APIRouter:
    routes = APIRouter(prefix="/inner", dependencies=[Depends(_refuse)], tags=["inner"])
    routes.add_api_route("/page", lambda: "page")
    routes.add_api_websocket_route("/socket", _refuse)
    return routes


def test_what_a_router_asks_of_callers_is_asked() -> None:
    app = FastAPI()
    join_router(app.router, _inner())
    client = TestClient(app)
    assert client.get("/inner/page").status_code == 403
    assert client.post("/inner/page").status_code == 405
    assert client.get("/page").status_code == 404


def test_routes_are_not_made_again() -> None:
    outer, inner = APIRouter(), _inner()
    join_router(outer, inner)
    assert all(one is other for one, other in zip(outer.routes, inner.routes, strict=True))


@pytest.mark.parametrize("outer", [APIRouter, partial(APIRouter, tags=["outer"]), partial(APIRouter, include_in_schema=False)])
@pytest.mark.parametrize("options", [{}, {"tags": ["more"]}, {"include_in_schema": False}])
def test_the_description_is_that_of_include_router(outer: Callable[[], APIRouter], options: dict[str, Any]) -> None:
    joined, included = FastAPI(), FastAPI()
    first, second = outer(), outer()
    join_router(first, _inner(), **options)
    join_router(joined.router, first)
    second.include_router(_inner(), **options)
    included.include_router(second)
    assert joined.openapi() == included.openapi()


@pytest.mark.parametrize("outer", [APIRouter(prefix="/outer"), APIRouter(dependencies=[Depends(_refuse)])])
def test_what_would_not_reach_the_routes_is_refused(outer: APIRouter) -> None:
    with pytest.raises(ValueError, match="would not reach"):
        join_router(outer, _inner())
