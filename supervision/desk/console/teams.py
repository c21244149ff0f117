"""Teams for administrators: the conversations for each, and its members. The same as ``./guichet teams``."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.wording import FRAMES
from core.database.models import Handoff, StaffRow
from core.handoff import UNCLAIMED
from core.identity import Staff
from core.languages import LANGUAGES
from desk import back, render
from supervision.desk.console.callers import Administrator
from supervision.desk.console.services import ConsoleServices
from supervision.handoffs.teams import drop_team, set_team, teams

_PATH = "/desk/teams"
_SPOKEN = (*LANGUAGES, *FRAMES)
_MOST_THEMES, _THEME_CHARACTERS = 50, 100
Text = Annotated[str, Form(max_length=6000)]


class _NameTaken(Exception):
    """A new team has the name of an existing one, which must not be changed by mistake."""


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    database = services.deps.database

    @routes.get(_PATH)
    async def page(request: Request, staff: Administrator) -> Response:
        return await _page(request, staff)

    @routes.post(_PATH)
    async def put(
        request: Request,
        staff: Administrator,
        name: Annotated[str, Form(max_length=64)] = "",
        themes: Text = "",
        languages: Annotated[Sequence[str], Form()] = (),
        new: Annotated[str, Form(max_length=1)] = "",
    ) -> Response:
        """Changes the team of that name, or (``new``) creates it. Shows an invalid or used name again with the reason."""
        chosen_languages = [language for language in languages if language in _SPOKEN]
        try:
            async with database.write() as session:
                exists = any(team.name == name.strip().lower() for team in await teams(session))
                if new and exists:
                    raise _NameTaken
                if not (new or exists):  # deleted meanwhile, in another tab: it must not come back by itself
                    return back(_PATH, failed="team_unknown")
                await set_team(
                    session, name.strip().lower(), themes=_themes(themes), languages=chosen_languages, actor=staff.id
                )
        except _NameTaken:
            return await _page(request, staff, wrong=name, why="team_name_taken")
        except ValueError:
            return await _page(request, staff, wrong=name)
        return back(_PATH, "team_kept")

    @routes.post(f"{_PATH}/{{name}}/delete")
    async def drop(name: str, staff: Administrator) -> Response:
        """Deletes the team: any team may take what waits for it."""
        async with database.write() as session:
            deleted = await drop_team(session, name, actor=staff.id)
        return back(_PATH, "team_dropped") if deleted else back(_PATH, failed="team_unknown")

    async def _page(request: Request, staff: Staff, wrong: str = "", why: str = "team_name_wrong") -> Response:
        async with database.read() as session:
            known, people, waiting = await teams(session), await _people(session), await _waiting(session)
        return render(
            request,
            staff,
            "console/teams.html",
            status=422 if wrong else 200,
            languages=_SPOKEN,
            wrong=wrong,
            why=why,
            teams=known,
            people=people,
            waiting=waiting,
        )

    return routes


def _themes(text: str) -> list[str]:
    parts = (part.strip() for part in text.replace("\x00", "").replace("\n", ",").split(","))
    return list(dict.fromkeys(part[:_THEME_CHARACTERS] for part in parts if part))[:_MOST_THEMES]


async def _people(session: AsyncSession) -> dict[str, list[str]]:
    """Returns the members of each team, by name, without closed accounts."""
    rows = await session.execute(
        select(StaffRow.name, StaffRow.email, StaffRow.teams).where(StaffRow.disabled_at.is_(None)).order_by(StaffRow.name)
    )
    people: dict[str, list[str]] = defaultdict(list)
    for name, email, teams_of_person in rows:
        for team in teams_of_person:
            people[team].append(name or email)
    return people


async def _waiting(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(select(Handoff.team, func.count()).where(Handoff.state.in_(UNCLAIMED)).group_by(Handoff.team))
    return {team: int(count) for team, count in rows}
