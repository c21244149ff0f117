"""The supervisors' console: who waits, the conversations, and the actions on them; and the page of service control."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import Select, func, select

from conversations.ports import Renderer
from conversations.service_control.controls import OFF, read
from core.database.base import now
from core.database.models import Conversation, ConversationNote, Handoff, Mail
from core.handoff import BY_FORM, UNCLAIMED, State
from core.identity import Right, Staff
from core.identity.conversation_access import Access, accesses, roster
from core.turns import Origin
from core.web.routes import join_router
from desk import Alert, Figure, Item, Part
from supervision.desk.console import api, availability, notes, pages, replies, service_control, socket, suggestions, teams
from supervision.desk.console.services import ConsoleServices
from supervision.desk.deps import Deps
from supervision.handoffs.listing import ListedHandoff, list_handoffs

PATH = "/desk/conversations"
_FAILED_SHOWN = timedelta(days=7)


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
            failed = (await session.execute(_failed_answers())).all()
            conversations = {row.conversation for row in rows} | {row.conversation_id for row in failed}
            access = await accesses(session, person, conversations)
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
            "mail_back_waiting": [],
            "mail_back_failed": [str(row.seq) for row in failed if access[row.conversation_id] is Access.OPEN],
            "call_offline": [],
        }
        for row in open_:
            if not row.alert and (key := _key(row)):
                groups[key].append(row.id)
        return [Alert(path=PATH, key=key, ids=tuple(ids)) for key, ids in groups.items()]

    async def figures(self, staff: Staff) -> Sequence[Figure]:
        """Returns the figures of the start page: who waits, and for administrators the channels that are stopped."""
        if not staff.may(Right.HANDLE_CONVERSATIONS):
            return ()
        waiting = {alert.key: len(alert.ids) for alert in await self(staff)}
        async with self._database.read() as session:
            mine = await session.scalar(select(func.count()).where(Handoff.state == State.CLAIMED, Handoff.owner == staff.id))
            stopped = len({*(await read(session)).controls} & {*OFF.values()})
        groups = (("call_danger", "call_waiting", "call_offline"), ("call_back_waiting", "mail_back_waiting"))
        numbers = [sum(waiting[key] for key in keys) for keys in groups]
        named = zip(("figure_waiting", "figure_call_back", "figure_mine"), (*numbers, mine or 0), strict=True)
        figures = [Figure(key, PATH, "citizens", number) for key, number in named]
        if staff.may(Right.MANAGE_SERVICE):
            figures.append(Figure("figure_stopped", "/desk/service", "service", stopped))
        return figures


def _failed_answers() -> Select[int, str]:
    """Returns the query of the answers by e-mail that were given up lately."""
    return (
        select(Mail.seq, Conversation.id.label("conversation_id"))
        .join(Conversation, Conversation.id == Mail.conversation_id)
        .where(Mail.kind == "answer", Mail.ended_at > now() - _FAILED_SHOWN, Mail.error != "")
        .where(Conversation.origin == Origin.CITIZEN)
        .order_by(Mail.seq)
    )


def _key(row: ListedHandoff) -> str:
    if row.kind in BY_FORM:
        return f"{row.kind}_waiting"
    return {State.WAITING: "call_waiting", State.OFFLINE: "call_offline"}.get(State(row.state), "")


def part(deps: Deps, sms: Renderer) -> Part:
    """Returns the part, on the gateway's ``deps``. ``sms`` renders a human's replies, which may be longer than the bot's."""
    services, routes = ConsoleServices.of(deps, sms), APIRouter()
    alerts = Alerts(services)
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
        alerts=alerts,
        figures=alerts.figures,
    )
