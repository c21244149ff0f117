"""The desk's part on integrators: tokens, the description of the API, and webhooks. For administrators."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import select

from core.database import Database
from core.database.models import Webhook
from core.identity import Right, Staff
from core.settings import Settings
from core.web.routes import join_router
from desk import Alert, Item, Part
from integrators.desk import description, tokens, webhooks


def part(settings: Settings, database: Database) -> Part:
    """Returns the part."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        if not staff.may(Right.MANAGE_STAFF):
            return ()
        async with database.read() as session:
            names = await session.scalars(select(Webhook.id).where(Webhook.gave_up.is_(True)))
            return (Alert(path=webhooks.PAGE, key="call_webhook", ids=tuple(names)),)

    routes = APIRouter()
    for one in (tokens.router(database), description.router(), webhooks.router(settings, database)):
        join_router(routes, one)
    return Part(
        name="integrators",
        folder=Path(__file__).parent,
        router=routes,
        items=(Item(key="nav", path=tokens.PAGE, right=Right.MANAGE_STAFF, group="service", order=92),),
        alerts=alerts,
    )
