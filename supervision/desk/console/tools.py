"""Shared by the console's routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Renderer
from core.action_server import action_server
from core.database.models import StaffRow
from core.identity import Staff
from core.problems import Problem
from supervision.desk.console.live import Live
from supervision.desk.deps import Deps
from supervision.handoffs.desk import Desk
from supervision.handoffs.listing import Listed, exactly
from supervision.handoffs.moving import Claim, Refused

_STATUS = {"unknown": 404}
_SEARCH_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Tools:
    """The services of the console. ``renderers``: of a human's replies, by SMS longer than the bot's. ``search`` reaches the
    action server.
    """

    deps: Deps
    desk: Desk
    renderers: Mapping[str, Renderer]
    live: Live
    search: httpx.AsyncClient
    kept: timedelta

    @classmethod
    def of(cls, deps: Deps, sms: Renderer) -> Tools:
        kept = timedelta(seconds=deps.settings.desk_absent_seconds)
        return cls(
            deps=deps,
            desk=Desk(deps.database, deps.event_bus, deps.wording, {"sms": sms}, kept=kept),
            renderers={**deps.renderers, "sms": sms},
            live=Live(deps.database, deps.hub),
            search=action_server(deps.settings, seconds=_SEARCH_SECONDS),
            kept=kept,
        )

    async def found(self, handoff: str) -> Listed:
        """Returns the handoff with this id, after an action by a person who may see it. Raises ``Problem`` 404."""
        listed = await exactly(self.deps.database, handoff)
        if listed is None:
            raise Problem(404, "console.refused_unknown")
        return listed

    @asynccontextmanager
    async def move(self) -> AsyncIterator[None]:
        """Turns the record's refusal into a problem that names the owner of the conversation."""
        try:
            yield
        except Refused as refused:
            name = ""
            if refused.owner:
                async with self.deps.database.read() as session:
                    name = (await names(session)).get(refused.owner, refused.owner)
            status = _STATUS.get(refused.reason, 409)
            raise Problem(status, f"console.refused_{refused.reason}", owner=name or "–") from None


def claim_of(handoff: str, staff: Staff, fencing: int) -> Claim:
    """Returns the claim that ``staff`` sends with an action, which checks whether it is still valid."""
    return Claim(handoff, staff.id, fencing)


async def names(session: AsyncSession) -> Mapping[str, str]:
    """Returns the name of each member of staff, by id."""
    rows = await session.execute(select(StaffRow.id, StaffRow.name, StaffRow.email))
    return {row.id: row.name or row.email for row in rows}
