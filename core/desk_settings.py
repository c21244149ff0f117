"""What administrators have changed of the settings at the desk: in the record, audited, and from there in each node's file."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import DeskSetting
from core.repeating import repeat_until
from core.settings import Settings, at_desk

log = structlog.get_logger(__name__)

_EVERY = 2.0  # seconds
_EVERY_AT_MOST = 60.0


class Refused(Exception):
    """Values that the settings refuse: ``errors`` says for each setting why."""

    def __init__(self, errors: Mapping[str, ValidationError]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class ChangedMeanwhile(Exception):
    """Somebody else has changed settings since the page was shown."""


async def stored(session: AsyncSession) -> dict[str, DeskSetting]:
    """Returns what the desk has changed, by the name of the setting."""
    rows = (await session.scalars(select(DeskSetting).order_by(DeskSetting.name))).all()
    return {row.name: row for row in rows}


def version_of(rows: Mapping[str, DeskSetting]) -> str:
    """Returns a text that is another one after any change."""
    return max((row.since.isoformat() for row in rows.values()), default="") + f" {len(rows)}"


async def change(
    session: AsyncSession, settings: Settings, changes: Mapping[str, str | None], *, actor: str, seen: str | None = None
) -> list[str]:
    """Sets each setting of ``changes``, or gives it back to the environment (``None``). Returns the names that changed.

    Raises ``Refused``, and ``ChangedMeanwhile`` if the page showed another version than ``seen``. Nothing is changed then.
    """
    rows = await stored(session)
    if seen is not None and seen != version_of(rows):
        raise ChangedMeanwhile
    in_environment = {name: at_desk.as_text(settings.in_environment(name)) for name in changes}
    before = {name: rows[name].value if name in rows else in_environment[name] for name in changes}
    new = {name: value for name, value in changes.items() if value is not None and value != before[name]}
    if errors := dict(_errors(settings, new)):
        raise Refused(errors)
    reset = [name for name, value in changes.items() if value is None and name in rows]
    for name in reset:
        await session.delete(rows[name])
    for name, value in new.items():
        row = rows.get(name) or DeskSetting(name=name)
        row.value, row.author, row.since = value, actor, now()
        session.add(row)
    await session.flush()
    after = {name: in_environment[name] for name in reset} | new
    for name, value in after.items():
        action, details = "setting.reset" if name in reset else "setting.changed", {"from": before[name], "to": value}
        # An administration publishes these about itself: masked, its own telephone number would be missing from the audit.
        await record(session, actor=actor, action=action, target=f"setting:{name}", details=details, masked=False)
    return [*after]


def _errors(settings: Settings, new: Mapping[str, str]) -> Iterator[tuple[str, ValidationError]]:
    for name, value in new.items():
        try:
            settings.checked_for_desk(name, value)
        except ValidationError as error:
            yield name, error


async def update_file(database: Database, home: Path) -> bool:
    """Makes the file of this node equal to the record. Returns false if it was already."""
    async with database.read() as session:
        values = {name: row.value for name, row in (await stored(session)).items()}
    return await asyncio.to_thread(at_desk.write, home, values)


async def use_now(database: Database, settings: Settings) -> None:
    """Puts a change that was just stored in use in this process at once, and on this node within a second or two."""
    try:
        await update_file(database, settings.home)
    except OSError:
        log.error("desk_settings_not_written", exc_info=True)  # the publisher tries again
    await asyncio.to_thread(settings.follow_desk)


async def keep_file_updated(database: Database, home: Path, stopping: asyncio.Event) -> None:
    """Calls ``update_file`` every few seconds until ``stopping``; less often while it fails, and the old file stays."""

    async def update() -> None:
        await update_file(database, home)

    await repeat_until(stopping, update, seconds=_EVERY, at_most=_EVERY_AT_MOST, failure_event="desk_settings_not_followed")
