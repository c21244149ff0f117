"""Groups of synonyms in the database. Each change is one transaction, which names the version that its author saw."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pydantic import JsonValue
from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.audit import record
from core.database import Database
from core.database.advisory import advisory_lock
from core.database.base import now
from core.database.models import SynonymGroup, SynonymVersion
from knowledge_base.synonyms.contracts import MOST, StoredGroup, SynonymRefused, Version
from retrieval.query.synonyms import Group
from retrieval.terms.analysis import fold

_LOCK = 0x53594E4F  # for the whole list: two new groups may have the same word
_DROPPED = "synonym.proposal_dropped"
_Used, _Last = aliased(SynonymVersion), aliased(SynonymVersion)


async def stored_groups(database: Database, *, gone: bool = False) -> list[StoredGroup]:
    """Returns all groups by their first word; with ``gone``, also removed ones."""
    async with database.read() as session:
        found = await _all(session)
    return [one for one in found if gone or one.state != "gone"]


async def in_use(database: Database) -> list[Group]:
    """Returns the groups for searches, by priority."""
    return [one.used for one in await stored_groups(database) if one.used]


async def changes(database: Database) -> tuple[object, ...]:
    """Returns a cheap value that differs after any change of the list. It has no other meaning."""
    groups = SynonymGroup
    query = select(func.count(), func.sum(groups.version), func.sum(groups.active), func.max(groups.updated_at))
    async with database.read() as session:
        return tuple((await session.execute(query)).one())


async def get(database: Database, name: str) -> StoredGroup:
    """Returns the group. Raises ``SynonymRefused`` (missing)."""
    async with database.read() as session:
        return await _one(session, name)


async def history(database: Database, name: str) -> list[Version]:
    """Returns every version of a group, the newest first."""
    query = select(SynonymVersion).where(SynonymVersion.group_id == name).order_by(SynonymVersion.version.desc())
    async with database.read() as session:
        return [Version(row.version, _group(row.content), row.author, row.created_at) for row in await session.scalars(query)]


async def propose(
    database: Database, group: Group | None, *, author: str, name: str = "", seen: int = 0, use: bool = False
) -> str:
    """Writes a version of the group ``name`` (empty: a new one), whose version ``seen`` its author saw. Returns its name.

    ``group`` ``None`` proposes its removal. ``use`` puts the version in use at once; the caller checks whether ``author`` may.
    Content equal to the newest version writes nothing; content equal to the one in use withdraws the proposal. Raises
    ``SynonymRefused``.
    """
    async with database.write() as session:
        everything = await _all(session, lock=True)
        before = _found(everything, name, seen) if name else None
        if group:
            _check_free(group, [one for one in everything if one.id != name])
        if before is None and sum(one.state != "gone" for one in everything) >= MOST:
            raise SynonymRefused("full")
        same = before is not None and before.content == group
        if same and not (use and before and before.waits):
            return name
        row = await session.get(SynonymGroup, name) if name else None
        if row is None:
            row = SynonymGroup(id=secrets.token_hex(16), version=0, active=None)
            session.add(row)
        if not same:
            row.version += 1
            await session.flush()
            content = group.model_dump(mode="json") if group else None
            session.add(SynonymVersion(group_id=row.id, version=row.version, content=content, author=author))
        back = before is not None and group == before.used
        row.active, row.updated_at = (row.version if use or back else row.active), now()
        await session.flush()
        await _audit(session, row, _DROPPED if back else _done(group, use=use), author, before, group)
        return row.id


async def check_free(database: Database, group: Group, *, name: str = "") -> None:
    """Raises ``SynonymRefused`` (taken) if another group than ``name`` has a word of ``group``."""
    async with database.read() as session:
        _check_free(group, [one for one in await _all(session) if one.id != name])


async def put_in_use(database: Database, name: str, *, seen: int, author: str, two_persons: bool) -> StoredGroup:
    """Puts the proposed version in use. With ``two_persons``, its author may not do this. Raises ``SynonymRefused``."""
    async with database.write() as session:
        before = _waiting(await _all(session, lock=True), name, seen)
        if two_persons and before.author == author:
            raise SynonymRefused("own_version")
        row = await session.get_one(SynonymGroup, name)
        row.active, row.updated_at = row.version, now()
        await session.flush()
        await _audit(session, row, _done(before.content, use=True), author, before, before.content)
        return await _one(session, name)


async def drop_proposal(database: Database, name: str, *, seen: int, author: str) -> StoredGroup:
    """Drops the proposal; the version in use stays. Raises ``SynonymRefused``."""
    async with database.write() as session:
        before = _waiting(await _all(session, lock=True), name, seen)
        row = await session.get_one(SynonymGroup, name)
        row.version += 1
        row.active, row.updated_at = row.version, now()
        content = before.used.model_dump(mode="json") if before.used else None
        session.add(SynonymVersion(group_id=row.id, version=row.version, content=content, author=author))
        await session.flush()
        await _audit(session, row, _DROPPED, author, before, before.used)
        return await _one(session, name)


async def unknown_groups(session: AsyncSession, groups: Mapping[str, Sequence[Group]]) -> list[str]:
    """Returns the names of those of ``groups`` (name → its contents) that are new here, with no word of an existing group."""
    known = await _all(session, lock=True)
    names, found = {one.id for one in known}, []
    for name, contents in groups.items():
        with suppress(SynonymRefused):
            for group in contents:
                _check_free(group, known)
            if name not in names:
                found.append(name)
    return found


def _done(group: Group | None, *, use: bool) -> str:
    if use:
        return "synonym.used" if group else "synonym.removed"
    return "synonym.proposed" if group else "synonym.removal_proposed"


def _check_free(group: Group, others: Sequence[StoredGroup]) -> None:
    for other in others:
        for content in (other.content, other.used):
            word = next((term for term in group.terms if content and content.speaks_of(term)), "")
            if word:
                raise SynonymRefused("taken", word=word, other=other)


def _found(everything: Sequence[StoredGroup], name: str, seen: int) -> StoredGroup:
    found = next((one for one in everything if one.id == name), None)
    if found is None:
        raise SynonymRefused("missing")
    if found.version != seen:
        raise SynonymRefused("moved_on", other=found)
    return found


def _waiting(everything: Sequence[StoredGroup], name: str, seen: int) -> StoredGroup:
    found = _found(everything, name, seen)
    if not found.waits:
        raise SynonymRefused("nothing_waits", other=found)
    return found


def _query() -> Select[SynonymGroup, SynonymVersion, SynonymVersion, SynonymVersion]:
    newest = and_(SynonymVersion.group_id == SynonymGroup.id, SynonymVersion.version == SynonymGroup.version)
    used = and_(_Used.group_id == SynonymGroup.id, _Used.version == SynonymGroup.active)
    last = and_(_Last.group_id == SynonymGroup.id, _Last.version == SynonymGroup.version - 1)
    whole = select(SynonymGroup, SynonymVersion, _Used, _Last).join(SynonymVersion, newest)
    return whole.outerjoin(_Used, used).outerjoin(_Last, last)


async def _all(session: AsyncSession, *, lock: bool = False) -> list[StoredGroup]:
    """Returns all groups. ``lock``: no other transaction changes the list until this one ends."""
    if lock:
        await advisory_lock(session, _LOCK)
    rows = await session.execute(_query())
    return sorted((_stored_group(row) for row in rows), key=lambda one: fold(one.shown.terms[0]) if one.shown else "")


async def _one(session: AsyncSession, name: str) -> StoredGroup:
    row = (await session.execute(_query().where(SynonymGroup.id == name))).one_or_none()
    if row is None:
        raise SynonymRefused("missing")
    return _stored_group(row)


def _stored_group(found: Row[SynonymGroup, SynonymVersion, SynonymVersion, SynonymVersion]) -> StoredGroup:
    row, newest, used, last = found
    return StoredGroup(
        id=row.id,
        version=row.version,
        content=_group(newest.content),
        used=_group(used.content) if used else None,
        waits=row.version != row.active,
        author=newest.author,
        at=newest.created_at,
        last=_group(last.content) if last else None,
    )


def _group(content: Mapping[str, JsonValue] | None) -> Group | None:
    return Group.model_validate(content) if content else None


async def _audit(
    session: AsyncSession, row: SynonymGroup, done: str, author: str, before: StoredGroup | None, after: Group | None
) -> None:
    details: dict[str, JsonValue] = {"version": row.version}
    for key, group in (("from", before.used if before else None), ("to", after)):
        if group:
            details[key] = in_a_line(group)
    await record(session, actor=author, action=done, target=f"synonym:{row.id}", details=details)


def in_a_line(group: Group) -> str:
    """Returns the group in one line: ``css, c2s → complémentaire santé solidaire``; ``=`` if it works both ways."""
    return f"{', '.join(group.terms)} {'=' if group.both_ways else '→'} {', '.join(group.means)}"
