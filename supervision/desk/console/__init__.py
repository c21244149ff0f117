"""The supervisors' console: who waits, what was said, and the moves on it; and the page of service control."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter

from channels.http.deps import Deps
from core.identity import Right
from core.web.routes import join
from desk import Item, Part
from supervision.desk.console import api, notes, pages, replies, service, socket, suggestions, teams
from supervision.desk.console.tools import Tools


def part(deps: Deps) -> Part:
    """The part, on the gateway's ``deps``."""
    tools, routes = Tools.of(deps), APIRouter()
    for module in (api, notes, replies, suggestions, socket, pages, service, teams):
        join(routes, module.router(tools))
    return Part(
        name="console",
        folder=Path(__file__).parent,
        router=routes,
        items=(
            Item(key="nav_console", path="/desk/conversations", right=Right.HANDLE_CONVERSATIONS, group="citizens", order=30),
            Item(key="nav_teams", path="/desk/teams", right=Right.MANAGE_SERVICE, group="service", order=78),
            Item(key="nav_service", path="/desk/service", right=Right.MANAGE_SERVICE, group="service", order=80),
        ),
    )
