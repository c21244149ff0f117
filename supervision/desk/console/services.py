"""Shared by the console's routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from conversations.ports import Renderer
from core.action_server import action_server
from core.problems import Problem
from supervision.desk.console.live_list import LiveList
from supervision.desk.deps import Deps
from supervision.handoffs.listing import ListedHandoff, find_by_id
from supervision.handoffs.mail_answers import MailAnswers
from supervision.handoffs.supervisor_actions import SupervisorActions

_SEARCH_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class ConsoleServices:
    """The services of the console. ``renderers``: of a human's replies, by SMS longer than the bot's. ``search`` reaches the
    action server.
    """

    deps: Deps
    desk: SupervisorActions
    renderers: Mapping[str, Renderer]
    live_list: LiveList
    search: httpx.AsyncClient
    absent_after: timedelta

    @classmethod
    def of(cls, deps: Deps, sms: Renderer) -> ConsoleServices:
        absent_after = timedelta(seconds=deps.settings.desk_absent_seconds)
        return cls(
            deps=deps,
            desk=SupervisorActions(
                deps.database,
                deps.event_bus,
                deps.wording,
                {"sms": sms},
                mail=MailAnswers(deps.settings, deps.wording),
                claims_kept=absent_after,
            ),
            renderers={**deps.renderers, "sms": sms},
            live_list=LiveList(deps.database, deps.hub),
            search=action_server(deps.settings, seconds=_SEARCH_SECONDS),
            absent_after=absent_after,
        )

    async def find_handoff(self, handoff: str) -> ListedHandoff:
        """Returns the handoff with this id, after an action by a person who may see it. Raises ``Problem`` 404."""
        listed = await find_by_id(self.deps.database, handoff)
        if listed is None:
            raise Problem(404, "console.refused_unknown")
        return listed
