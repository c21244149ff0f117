"""Alerts for a supervisor: citizens who wait, who asked for a call-back, and conversations handed over by a colleague."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.database.models import ConversationNote, Handoff
from core.handoff import UNCLAIMED, Kind, State
from core.identity import Right, Staff
from core.identity.conversations import Access, accesses, roster
from core.turns import Origin
from desk import Alert
from supervision.desk.console.services import ConsoleServices
from supervision.handoffs.listing import ListedHandoff, list_handoffs

PATH = "/desk/conversations"


class Alerts:
    """The alerts, read for each open page of the desk."""

    def __init__(self, services: ConsoleServices) -> None:
        self._database = services.deps.database

    async def __call__(self, staff: Staff) -> Sequence[Alert]:
        """Returns the alerts for ``staff``, the most urgent first. Tests and demonstrations cause none."""
        if not staff.may(Right.HANDLE_CONVERSATIONS):
            return ()
        rows = [row for row in await list_handoffs(self._database) if row.origin == Origin.CITIZEN]
        async with self._database.read() as session:
            person = (await roster(session)).people.get(staff.id, staff)  # with their present teams
            access = await accesses(session, person, {row.conversation for row in rows})
            handed_over = await session.scalars(
                select(Handoff.id)
                .join(ConversationNote, ConversationNote.conversation_id == Handoff.conversation_id)
                .where(
                    Handoff.state == State.CLAIMED,
                    Handoff.owner == staff.id,
                    ConversationNote.kind == "transfer",
                    ConversationNote.author != staff.id,
                    ConversationNote.created_at >= Handoff.claimed_at,
                )
                .distinct()
            )
            mine = sorted(handed_over)
        open_ = [row for row in rows if row.state in UNCLAIMED and access[row.conversation] is Access.OPEN]
        groups: dict[str, list[str]] = {
            "call_danger": [row.id for row in open_ if row.alert],
            "call_transferred": mine,
            "call_waiting": [],
            "call_back_waiting": [],
            "call_offline": [],
        }
        for row in open_:
            if not row.alert and (key := _key(row)):
                groups[key].append(row.id)
        return [Alert(path=PATH, key=key, ids=tuple(ids)) for key, ids in groups.items()]


def _key(row: ListedHandoff) -> str:
    if row.kind == Kind.CALL_BACK:
        return "call_back_waiting"
    return {State.WAITING: "call_waiting", State.OFFLINE: "call_offline"}.get(State(row.state), "")
