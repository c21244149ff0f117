"""Routing of conversations to teams, by subject and language."""

import re
from collections.abc import Iterable, Sequence

from pydantic import JsonValue
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database.conflict import upsert
from core.database.models import EntryRow, Handoff, Reply, Team
from core.handoff import OPEN

NAME = re.compile(r"[a-z0-9à-ÿ-]{1,32}")


async def teams(session: AsyncSession) -> Sequence[Team]:
    """Returns all teams, by name."""
    return (await session.execute(select(Team).order_by(Team.name))).scalars().all()


async def set_team(session: AsyncSession, name: str, *, themes: Iterable[str], languages: Iterable[str], actor: str) -> None:
    """Creates or changes a team. ``themes`` are words of entries' breadcrumbs. Raises ``ValueError`` for an invalid name."""
    if not NAME.fullmatch(name):
        raise ValueError("a team's name is made of small letters, digits and -")
    values: dict[str, JsonValue] = {"themes": list(themes), "languages": list(languages)}
    await upsert(session, Team, {"name": name}, values)
    await record(session, actor=actor, action="team.set", target=f"team:{name}", details=values)


async def drop_team(session: AsyncSession, name: str, *, actor: str) -> bool:
    """Deletes a team; any team may then take what waits for it. Returns false if there is none."""
    deleted = await session.execute(delete(Team).where(Team.name == name).returning(Team.name))
    if deleted.scalar_one_or_none() is None:
        return False
    await session.execute(update(Handoff).where(Handoff.team == name, Handoff.state.in_(OPEN)).values(team=""))
    await record(session, actor=actor, action="team.dropped", target=f"team:{name}")
    return True


async def route(session: AsyncSession, conversation: str, language: str, entry: str = "") -> str:
    """Returns the team for a conversation about ``entry`` (else about its last entry); empty: any team."""
    known = await teams(session)
    if not known:
        return ""
    about = entry or await _last_entry(session, conversation)
    return choose_team(known, await breadcrumb(session, about) if about else (), language)


def choose_team(known: Sequence[Team], crumbs: Sequence[str], language: str) -> str:
    """Returns the first team (by name) with the language and one of the themes; else one with the language and all themes; else
    none.

    A theme matches any part of a breadcrumb: "logement" finds "Logement - Urbanisme".
    """
    candidates = [team for team in known if not team.languages or language in team.languages]
    for team in candidates:
        if any(is_about(theme, crumbs) for theme in team.themes):
            return team.name
    return next((team.name for team in candidates if not team.themes), "")


def is_about(theme: str, crumbs: Sequence[str]) -> bool:
    """Decides whether ``theme`` is part of one of ``crumbs``, ignoring case."""
    return any(theme.casefold() in crumb.casefold() for crumb in crumbs)


async def breadcrumb(session: AsyncSession, entry: str) -> Sequence[str]:
    """Returns the themes of an entry, from the widest on, and its title; nothing for an unknown entry."""
    row = await session.execute(select(EntryRow.content["theme"], EntryRow.title).where(EntryRow.id == entry).limit(1))
    entry_row = row.one_or_none()
    return (*(entry_row[0] or ()), entry_row[1]) if entry_row else ()


async def _last_entry(session: AsyncSession, conversation: str) -> str:
    last = await session.execute(
        select(Reply.entry).where(Reply.conversation_id == conversation, Reply.entry != "").order_by(Reply.seq.desc()).limit(1)
    )
    return last.scalar_one_or_none() or ""
