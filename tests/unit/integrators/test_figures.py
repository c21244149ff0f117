"""The figures of the API: pages that follow each other, and together all of the release."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
from fastapi import FastAPI

from analytics.open_data.cells import Cell
from analytics.open_data.tables import Month
from core.database.models import ApiToken
from integrators.api import figures
from integrators.api.access import Access
from integrators.tokens import Scope

_MONTHS = [
    Month(date(2026, month, 1), {Cell("contacts"): 40, Cell("contacts", channel="web"): None, Cell("opinions"): 12})
    for month in (9, 10)
]


class _Releases:
    async def months(self) -> list[Month]:
        return _MONTHS


async def _anybody() -> ApiToken:
    return ApiToken()


async def test_figures_in_pages_are_all_of_them_once_and_hide_small_ones(monkeypatch: Any) -> None:
    asked: list[Scope] = []

    def scoped(_deps: object, scope: Scope) -> Access:
        asked.append(scope)
        return _anybody

    monkeypatch.setattr(figures, "scoped", scoped)
    app, releases, deps = FastAPI(), _Releases(), None
    app.include_router(figures.router(deps, releases))  # type: ignore[arg-type]
    found, cursor = [], ""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        for _ in range(4):
            page = (await http.get("/api/v1/figures", params={"limit": 2, "cursor": cursor})).json()
            found += [(one["month"], one["measure"], one["channel"], one["count"]) for one in page["data"]]
            if not (cursor := page["next"]):
                break
    one_month = [("contacts", "", 40), ("contacts", "web", None), ("opinions", "", 12)]
    assert found == [(month, *row) for month in ("2026-09", "2026-10") for row in one_month]
    assert asked == [Scope.FIGURES]
