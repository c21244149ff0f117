"""The supervisors' console: who waits, the conversations, and the actions on them; and the page of service control."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter

from conversations.ports import Renderer
from core.identity import Right
from core.web.routes import join_router
from desk import Item, Part
from supervision.desk.console import api, availability, notes, pages, replies, service_control, socket, suggestions, teams
from supervision.desk.console.alerts import Alerts
from supervision.desk.console.services import ConsoleServices
from supervision.desk.deps import Deps


def part(deps: Deps, sms: Renderer) -> Part:
    """Returns the part, on the gateway's ``deps``. ``sms`` renders a human's replies, which may be longer than the bot's."""
    services, routes = ConsoleServices.of(deps, sms), APIRouter()
    for module in (api, notes, availability, replies, suggestions, socket, pages, service_control, teams):
        join_router(routes, module.router(services))
    return Part(
        name="console",
        folder=Path(__file__).parent,
        router=routes,
        items=(
            Item(key="nav_console", path="/desk/conversations", right=Right.HANDLE_CONVERSATIONS, group="citizens", order=30),
            Item(key="nav_teams", path="/desk/teams", right=Right.MANAGE_SERVICE, group="service", order=78),
            Item(key="nav_service", path="/desk/service", right=Right.MANAGE_SERVICE, group="service", order=80),
        ),
        alerts=Alerts(services),
    )
