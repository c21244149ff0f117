"""Offices written at the desk. Each change is one transaction, which names the version that its author saw.

A version in use counts instead of the directory's office of the same id, also after the next import.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record
from core.database import Database
from core.database.advisory import advisory_lock
from core.database.models import Directory, OfficeEdit, OfficeRow
from places.offices.office import Office
from places.words import folded

_LOCK = 0x4F464649
LISTED = 200


class OfficeRefused(Exception):
    """A change that is not made. ``code``: ``missing``, ``moved_on``, ``nothing_waits``, ``own_version`` or ``twice``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class StoredOffice:
    """An office: as the directory has it (``imported``), as citizens get it (``used``), and the newest version (``content``).

    Each may be ``None``. ``version``: 0 if the desk never changed it. ``base``: the directory's office when ``used`` was
    written, if the desk has written it. ``last``: what the desk wrote last that is no removal.
    """

    id: str
    imported: Office | None
    used: Office | None
    content: Office | None
    base: Office | None = None
    last: Office | None = None
    version: int = 0
    waits: bool = False
    author: str = ""
    at: datetime | None = None

    @property
    def shown(self) -> Office:
        """Returns the newest content that there is."""
        shown = self.content or self.used or self.imported or self.last
        assert shown is not None
        return shown

    @property
    def edited(self) -> bool:
        """Decides whether citizens get a version of the desk."""
        return self.version > 0 and self.used is not None and self.used != self.imported

    @property
    def state(self) -> str:
        """Returns ``imported``, ``edited``, ``proposed`` (a new one), ``changing``, ``leaving`` or ``gone``."""
        if self.waits:
            return "leaving" if self.content is None else "changing" if self.used else "proposed"
        return "gone" if self.used is None else "edited" if self.edited else "imported"


async def stored_office(database: Database, name: str) -> StoredOffice:
    """Returns the office. Raises ``OfficeRefused`` (missing)."""
    async with database.read() as session:
        return await _one(session, name)


async def stored_offices_of(database: Database, *, words: str = "", commune: str = "") -> list[StoredOffice]:
    """Returns the offices with ``words`` in name, kind or commune; without words those that the desk has changed, those of
    ``commune``, and all of a small directory.
    """
    async with database.read() as session:
        in_directory = select(OfficeRow).where(OfficeRow.directory == _newest())
        edits = await _edits(session, select(OfficeEdit))
        if (await session.scalar(select(func.count()).select_from(in_directory.subquery())) or 0) > LISTED:
            own = or_(OfficeRow.commune == commune, OfficeRow.id.in_(edits))
            in_directory = in_directory.where(and_(*map(_has, words.split())) if words else own)
        rows = list(await session.scalars(in_directory.order_by(OfficeRow.kind, OfficeRow.id).limit(LISTED)))
        others = OfficeRow.id.in_(edits.keys() - {row.id for row in rows})
        rows += await session.scalars(select(OfficeRow).where(OfficeRow.directory == _newest(), others))
    imported = {row.id: _office(row.content) for row in rows}
    found = [_stored(name, imported.get(name), edits.get(name, ())) for name in {**imported, **edits}]
    return [one for one in found if all(word in _text_of(one.shown) for word in folded(words).split())]


async def history(database: Database, name: str) -> Sequence[OfficeEdit]:
    """Returns every version of the desk, the newest first."""
    async with database.read() as session:
        query = select(OfficeEdit).where(OfficeEdit.office == name).order_by(OfficeEdit.version.desc())
        return (await session.scalars(query)).all()


async def propose(
    database: Database, office: Office | None, *, author: str, name: str = "", seen: int = 0, use: bool = False
) -> str:
    """Writes a version of the office ``name`` (empty: a new one), whose version ``seen`` its author saw. Returns its id.

    ``office`` ``None`` takes it out. ``use`` puts the version in use at once; the caller checks whether ``author`` may.
    Content equal to the newest version writes nothing. Raises ``OfficeRefused``.
    """
    async with database.write() as session:
        await advisory_lock(session, _LOCK)
        before = await _seen(session, name, seen) if name else None
        if office and await _is_there_twice(session, office, name):
            raise OfficeRefused("twice")
        if before and before.content == office and not (use and before.waits):
            return name
        known = name or f"desk-{secrets.token_hex(8)}"
        imported = before.imported if before else None
        row = OfficeEdit(
            office=known,
            version=(before.version if before else 0) + 1,
            content=_content(office.model_copy(update={"id": known}) if office else None),
            base=_content(imported),
            state="used" if use else "proposed",
            author=author,
        )
        session.add(row)
        done = ("office.used" if office else "office.removed") if use else "office.proposed"
        await _audit(session, row, done, author)
        return known


async def put_in_use(database: Database, name: str, *, seen: int, author: str, two_persons: bool) -> None:
    """Puts the proposed version in use. With ``two_persons``, its author may not do this. Raises ``OfficeRefused``."""
    async with database.write() as session:
        row = await _waiting(session, name, seen)
        if two_persons and row.author == author:
            raise OfficeRefused("own_version")
        row.state = "used"
        await _audit(session, row, "office.used" if row.content else "office.removed", author)


async def drop_proposal(database: Database, name: str, *, seen: int, author: str) -> None:
    """Drops the proposal; what citizens get stays. Raises ``OfficeRefused``."""
    async with database.write() as session:
        row = await _waiting(session, name, seen)
        row.state = "dropped"
        await _audit(session, row, "office.proposal_dropped", author)


async def edits_in_use(database: Database) -> tuple[int, dict[str, Office | None]]:
    """Returns how many versions were ever put in use, and the newest one of each office."""
    async with database.read() as session:
        query = select(OfficeEdit).where(OfficeEdit.state == "used").order_by(OfficeEdit.version)
        rows = (await session.scalars(query)).all()
    return len(rows), {row.office: _office(row.content) for row in rows}


def _newest() -> Any:
    return select(func.max(Directory.version)).scalar_subquery()


async def _one(session: AsyncSession, name: str) -> StoredOffice:
    row = await session.scalar(select(OfficeRow).where(OfficeRow.directory == _newest(), OfficeRow.id == name))
    edits = await _edits(session, select(OfficeEdit).where(OfficeEdit.office == name))
    if row is None and not edits:
        raise OfficeRefused("missing")
    return _stored(name, _office(row.content) if row else None, edits.get(name, ()))


async def _edits(session: AsyncSession, query: Select[OfficeEdit]) -> dict[str, list[OfficeEdit]]:
    found: dict[str, list[OfficeEdit]] = {}
    for row in await session.scalars(query.order_by(OfficeEdit.version)):
        found.setdefault(row.office, []).append(row)
    return found


def _stored(name: str, imported: Office | None, edits: Sequence[OfficeEdit]) -> StoredOffice:
    if not edits:
        return StoredOffice(name, imported, imported, imported)
    newest, used = edits[-1], next((row for row in reversed(edits) if row.state == "used"), None)
    in_use = _office(used.content) if used else imported
    return StoredOffice(
        name,
        imported,
        in_use,
        in_use if newest.state == "dropped" else _office(newest.content),
        _office((used or newest).base),
        next((_office(row.content) for row in reversed(edits) if row.content), None),
        newest.version,
        newest.state == "proposed",
        newest.author,
        newest.created_at,
    )


async def _seen(session: AsyncSession, name: str, seen: int) -> StoredOffice:
    found = await _one(session, name)
    if found.version != seen:
        raise OfficeRefused("moved_on")
    return found


async def _waiting(session: AsyncSession, name: str, seen: int) -> OfficeEdit:
    await advisory_lock(session, _LOCK)
    if not (await _seen(session, name, seen)).waits:
        raise OfficeRefused("nothing_waits")
    return await session.get_one(OfficeEdit, (name, seen))


async def _is_there_twice(session: AsyncSession, office: Office, name: str) -> bool:
    same = (OfficeRow.kind == office.kind, OfficeRow.commune == office.commune, OfficeRow.id != name)
    rows = await session.scalars(select(OfficeRow).where(OfficeRow.directory == _newest(), *same))
    edits = await _edits(session, select(OfficeEdit).where(OfficeEdit.office != name))
    others = {row.id: row.content for row in rows} | {
        one: (written := _stored(one, None, versions).content) and _content(written) for one, versions in edits.items()
    }
    key = (office.kind, office.commune, office.name)
    return any((other["kind"], other["commune"], other["name"]) == key for other in others.values() if other)


def _has(word: str) -> ColumnElement[bool]:
    texts = (OfficeRow.content["name"].as_string(), OfficeRow.content["commune_name"].as_string())
    return or_(*(text.icontains(word, autoescape=True) for text in (*texts, OfficeRow.kind, OfficeRow.commune)))


def _text_of(office: Office) -> str:
    return folded(f"{office.name} {office.commune_name} {office.kind} {office.commune}")


def _office(content: Mapping[str, Any] | None) -> Office | None:
    return Office.model_validate(content) if content else None


def _content(office: Office | None) -> dict[str, Any] | None:
    return office.model_dump(mode="json", exclude_defaults=True) if office else None


async def _audit(session: AsyncSession, row: OfficeEdit, action: str, author: str) -> None:
    await session.flush()
    name = str((row.content or row.base or {}).get("name", ""))
    details: dict[str, JsonValue] = {"version": row.version, "name": name}
    await record(session, actor=author, action=action, target=f"office:{row.office}", details=details)
