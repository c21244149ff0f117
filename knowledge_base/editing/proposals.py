"""What the desk edits in versions, each proposed first and then put in use: groups of synonyms, topics of others.

Each change is one transaction, which names the version that its author saw.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, JsonValue
from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.audit import record
from core.database import Database
from core.database.advisory import advisory_lock
from core.database.base import now
from retrieval.terms.analysis import fold

type State = Literal["in_use", "proposed", "changing", "leaving", "gone"]
type Code = Literal[
    "missing",  # there is no such item
    "moved_on",  # somebody has changed it since the page was shown
    "own_version",  # two-person rule: the author may not put it in use
    "taken",  # another item has one of its words
    "full",  # the list is full
    "nothing_waits",  # there is no change to put in use or to drop
]


@dataclass(frozen=True, slots=True)
class Stored[T]:
    """One item. ``content`` is its newest version, ``used`` the one in use; ``None`` if there is none.

    ``author`` wrote the newest version, at ``at``.
    """

    id: str
    version: int
    content: T | None
    used: T | None
    waits: bool
    author: str
    at: datetime
    last: T | None = None  # the content of the version before the newest

    @property
    def state(self) -> State:
        """Returns the state. ``changing`` and ``leaving`` mean that ``used`` is in use and a change was proposed."""
        if not self.waits:
            return "in_use" if self.used else "gone"
        if self.used is None:
            return "proposed"
        return "changing" if self.content else "leaving"

    @property
    def proposed(self) -> T | None:
        """Returns the content that waits for a decision; ``None`` also for a proposed removal."""
        return self.content if self.waits else None

    @property
    def shown(self) -> T | None:
        """Returns the content to show in a list: the present or the last one."""
        return self.content or self.used or self.last


@dataclass(frozen=True, slots=True)
class Version[T]:
    """One step of an item's history."""

    number: int
    content: T | None
    author: str
    at: datetime


class ProposalRefused(Exception):
    """A refused change. ``code`` is the reason; nothing has changed. ``other`` is the item that already has the ``word``."""

    def __init__(self, code: Code, *, word: str = "", other: Stored[Any] | None = None) -> None:
        super().__init__(code)
        self.code: Code = code
        self.word = word
        self.other = other


class ProposalStore[T: BaseModel]:
    """The items of one kind in the database: a row an item, and a row for each of its versions."""

    def __init__(
        self,
        kind: type[T],
        items: Any,
        versions: Any,
        owner: str,
        *,
        name: str,
        most: int,
        lock: int,
        title: Callable[[T], str],
        in_a_line: Callable[[T], str],
        shared_word: Callable[[T, T], str],
    ) -> None:
        """Takes the tables ``items`` (id, version, active, updated_at) and ``versions`` (``owner``, version, content, author,
        created_at), and the ``name`` of the kind in the audit.

        ``title`` orders the list, ``in_a_line`` writes an item into the audit, and ``shared_word`` returns the word of the
        second item that keeps the first one from being a second item (empty: none does). ``lock`` is for the whole list: two
        new items may have the same word.
        """
        self._kind, self._items, self._versions, self._owner = kind, items, versions, owner
        self._name, self._most, self._lock = name, most, lock
        self._title, self._in_a_line, self._shared_word = title, in_a_line, shared_word
        self._used, self._last = aliased(versions), aliased(versions)

    async def all(self, database: Database, *, gone: bool = False) -> list[Stored[T]]:
        """Returns all items by their title; with ``gone``, also removed ones."""
        async with database.read() as session:
            found = await self.all_in(session)
        return [one for one in found if gone or one.state != "gone"]

    async def in_use(self, database: Database) -> list[T]:
        """Returns the contents in use, by title."""
        return [one.used for one in await self.all(database) if one.used]

    async def changes(self, database: Database) -> tuple[object, ...]:
        """Returns a cheap value that differs after any change of the list. It has no other meaning."""
        items = self._items
        query = select(func.count(), func.sum(items.version), func.sum(items.active), func.max(items.updated_at))
        async with database.read() as session:
            return tuple((await session.execute(query)).one())

    async def get(self, database: Database, name: str) -> Stored[T]:
        """Returns the item. Raises ``ProposalRefused`` (missing)."""
        async with database.read() as session:
            return await self._one(session, name)

    async def history(self, database: Database, name: str) -> list[Version[T]]:
        """Returns every version of an item, the newest first."""
        rows = self._versions
        query = select(rows).where(getattr(rows, self._owner) == name).order_by(rows.version.desc())
        async with database.read() as session:
            found = await session.scalars(query)
            return [Version(row.version, self._content(row.content), row.author, row.created_at) for row in found]

    async def propose(
        self, database: Database, content: T | None, *, author: str, name: str = "", seen: int = 0, use: bool = False
    ) -> str:
        """Writes a version of the item ``name`` (empty: a new one), whose version ``seen`` its author saw. Returns its name.

        ``content`` ``None`` proposes its removal. ``use`` puts the version in use at once; the caller checks whether ``author``
        may. Content equal to the newest version writes nothing; content equal to the one in use withdraws the proposal. Raises
        ``ProposalRefused``.
        """
        async with database.write() as session:
            everything = await self.all_in(session, lock=True)
            before = _found(everything, name, seen) if name else None
            if content:
                self.check_shared(content, [one for one in everything if one.id != name])
            if before is None and sum(one.state != "gone" for one in everything) >= self._most:
                raise ProposalRefused("full")
            same = before is not None and before.content == content
            if same and not (use and before and before.waits):
                return name
            row = await session.get(self._items, name) if name else None
            if row is None:
                row = self._items(id=secrets.token_hex(16), version=0, active=None)
                session.add(row)
            if not same:
                row.version += 1
                await session.flush()
                self._add_version(session, row, content, author)
            back = before is not None and content == before.used
            row.active, row.updated_at = (row.version if use or back else row.active), now()
            await session.flush()
            await self._audit(session, row, "proposal_dropped" if back else _done(content, use=use), author, before, content)
            return str(row.id)

    async def check_free(self, database: Database, content: T, *, name: str = "") -> None:
        """Raises ``ProposalRefused`` (taken) if another item than ``name`` has a word of ``content``."""
        async with database.read() as session:
            self.check_shared(content, [one for one in await self.all_in(session) if one.id != name])

    async def put_in_use(self, database: Database, name: str, *, seen: int, author: str, two_persons: bool) -> Stored[T]:
        """Puts the proposed version in use. With ``two_persons``, its author may not do this. Raises ``ProposalRefused``."""
        async with database.write() as session:
            before = _waiting(await self.all_in(session, lock=True), name, seen)
            if two_persons and before.author == author:
                raise ProposalRefused("own_version")
            row = await session.get_one(self._items, name)
            row.active, row.updated_at = row.version, now()
            await session.flush()
            await self._audit(session, row, _done(before.content, use=True), author, before, before.content)
            return await self._one(session, name)

    async def drop_proposal(self, database: Database, name: str, *, seen: int, author: str) -> Stored[T]:
        """Drops the proposal; the version in use stays. Raises ``ProposalRefused``."""
        async with database.write() as session:
            before = _waiting(await self.all_in(session, lock=True), name, seen)
            row = await session.get_one(self._items, name)
            row.version += 1
            row.active, row.updated_at = row.version, now()
            self._add_version(session, row, before.used, author)
            await session.flush()
            await self._audit(session, row, "proposal_dropped", author, before, before.used)
            return await self._one(session, name)

    async def all_in(self, session: AsyncSession, *, lock: bool = False) -> list[Stored[T]]:
        """Returns all items, also removed ones. ``lock``: no other transaction changes the list until this one ends."""
        if lock:
            await advisory_lock(session, self._lock)
        rows = await session.execute(self._query())
        return sorted(map(self._stored, rows), key=lambda one: fold(self._title(one.shown)) if one.shown else "")

    def check_shared(self, content: T, others: Sequence[Stored[T]]) -> None:
        """Raises ``ProposalRefused`` (taken) if one of ``others``, as proposed or in use, has a word of ``content``."""
        for other in others:
            for known in (other.content, other.used):
                if known and (word := self._shared_word(content, known)):
                    raise ProposalRefused("taken", word=word, other=other)

    def _query(self) -> Select[Any]:
        items, versions, used, last = self._items, self._versions, self._used, self._last

        def version_of(rows: Any, number: Any) -> Any:
            return and_(getattr(rows, self._owner) == items.id, rows.version == number)

        whole = select(items, versions, used, last).join(versions, version_of(versions, items.version))
        return whole.outerjoin(used, version_of(used, items.active)).outerjoin(last, version_of(last, items.version - 1))

    async def _one(self, session: AsyncSession, name: str) -> Stored[T]:
        row = (await session.execute(self._query().where(self._items.id == name))).one_or_none()
        if row is None:
            raise ProposalRefused("missing")
        return self._stored(row)

    def _stored(self, found: Any) -> Stored[T]:
        row, newest, used, last = found
        return Stored(
            id=row.id,
            version=row.version,
            content=self._content(newest.content),
            used=self._content(used.content) if used else None,
            waits=row.version != row.active,
            author=newest.author,
            at=newest.created_at,
            last=self._content(last.content) if last else None,
        )

    def _content(self, content: Any) -> T | None:
        return self._kind.model_validate(content) if content else None

    def _add_version(self, session: AsyncSession, row: Any, content: T | None, author: str) -> None:
        written = content.model_dump(mode="json") if content else None
        session.add(self._versions(**{self._owner: row.id}, version=row.version, content=written, author=author))

    async def _audit(
        self, session: AsyncSession, row: Any, done: str, author: str, before: Stored[T] | None, after: T | None
    ) -> None:
        details: dict[str, JsonValue] = {"version": row.version}
        for key, content in (("from", before.used if before else None), ("to", after)):
            if content:
                details[key] = self._in_a_line(content)
        await record(session, actor=author, action=f"{self._name}.{done}", target=f"{self._name}:{row.id}", details=details)


def _done(content: BaseModel | None, *, use: bool) -> str:
    if use:
        return "used" if content else "removed"
    return "proposed" if content else "removal_proposed"


def _found[T](everything: Sequence[Stored[T]], name: str, seen: int) -> Stored[T]:
    found = next((one for one in everything if one.id == name), None)
    if found is None:
        raise ProposalRefused("missing")
    if found.version != seen:
        raise ProposalRefused("moved_on", other=found)
    return found


def _waiting[T](everything: Sequence[Stored[T]], name: str, seen: int) -> Stored[T]:
    found = _found(everything, name, seen)
    if not found.waits:
        raise ProposalRefused("nothing_waits", other=found)
    return found
