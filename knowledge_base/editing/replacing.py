"""Finds words in the texts of entries and replaces them, in one entry or in all."""

import asyncio
import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, select

from core.database import Database
from core.database.models import EntryRow, Revision
from core.entry import Entry
from knowledge_base.editing import saving
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.steps import StepResult, Target

MOST = 200  # entries shown at once
MOST_PLACES = 1000  # in them: more are compared for too long, and are no change that somebody can check
_BATCH = 50  # rows
_TEXTLESS = "id collection locale version urls url entry kind role audiences twins national_pages verified_on"  # fields
_KEPT = frozenset(_TEXTLESS.split())
_ADDRESS = r"(?P<address>\]\([^)\s]*\)|https?://\S+)"


class Replacement:
    """Replaces ``find`` by ``instead``, as whole words and numbers: "25 €" is not found in "125 €", "0,25 €" or "1 025 €".

    Any space is found, also one that does not break, and stays if both texts have as many. Addresses do not change.
    """

    def __init__(self, find: str, instead: str) -> None:
        self._words, self._instead = find.split(), instead.split()
        before = after = ""
        if re.match(r"\w", find.strip()):
            before = r"(?<!\w)" + (r"(?<!\d[.,\s])" if self._words[0][0].isdigit() else "")
        if re.search(r"\w$", find.strip()):
            after = r"(?!\w)" + (r"(?![.,]\d|\s\d{3}\b)" if self._words[-1][-1].isdigit() else "")
        wanted = r"([^\S\n]+)".join(map(re.escape, self._words))
        self._pattern = re.compile(f"{_ADDRESS}|{before}(?P<found>{wanted}){after}")

    def applied(self, entry: Entry) -> tuple[Entry, int]:
        """Returns ``entry`` with the replacement in its texts, and the number of places."""
        places = 0

        def put(match: re.Match[str]) -> str:
            nonlocal places
            if match["found"] is None:
                return match[0]
            places += 1
            spaces = match.groups()[2:]  # after the two named groups
            if len(spaces) != len(self._instead) - 1:
                return " ".join(self._instead)
            return "".join(map("".join, zip(self._instead, (*spaces, ""), strict=True)))

        def changed(value: Any, field: str = "") -> Any:
            if field == "anchors":
                return {changed(heading): fragment for heading, fragment in value.items()}
            if isinstance(value, dict):
                return {name: changed(one, name) for name, one in value.items()}
            if isinstance(value, list):
                return [changed(one, field) for one in value]
            return self._pattern.sub(put, value) if isinstance(value, str) and field not in _KEPT else value

        return Entry.model_validate(changed(entry.model_dump(mode="json"))), places

    def pattern_of_json(self, *, ascii_only: bool) -> str:
        """Returns a pattern of SQL's LIKE (with ``/`` before its signs) that matches the JSON of all entries with the words."""
        words = (json.dumps(word, ensure_ascii=ascii_only)[1:-1] for word in self._words)
        return f"%{'%'.join(re.sub('[/%_]', r'/\g<0>', word) for word in words)}%"


@dataclass(frozen=True)
class Found:
    """An entry with the words. ``stage`` is not empty if somebody is changing it; ``places`` counts them."""

    collection: str
    id: str
    head: int
    stage: str
    old: Entry
    new: Entry
    places: int


async def find(
    database: Database, replacement: Replacement, *, collections: Collection[str] = (), entry: str = ""
) -> list[Found]:
    """Returns the entries in use that have the words, by title: of ``collections`` (empty: all), or ``entry`` (collection/id)
    only. Each is looked at as editors have it now.
    """
    like = replacement.pattern_of_json(ascii_only=database.is_sqlite)  # as SQLAlchemy writes JSON there
    query = (
        select(EntryRow.collection, EntryRow.id, EntryRow.head, EntryRow.stage, Revision.content)
        .join(
            Revision,
            (Revision.collection == EntryRow.collection)
            & (Revision.entry_id == EntryRow.id)
            & (Revision.version == EntryRow.head),
        )
        .where(EntryRow.status.in_(("published", "draft")), cast(Revision.content, Text).like(like, escape="/"))
        .order_by(EntryRow.title)
    )
    if collections:
        query = query.where(EntryRow.collection.in_(collections))
    if entry:
        collection, _, page = entry.partition("/")
        query = query.where(EntryRow.collection == collection, EntryRow.id == page)
    found: list[Found] = []
    async with database.read() as session:
        rows = await session.stream(query.execution_options(yield_per=_BATCH))
        async for batch in rows.partitions(_BATCH):
            found += await asyncio.to_thread(_with_words, replacement, batch)
            if len(found) > MOST:
                break
    return found


def _with_words(replacement: Replacement, rows: Sequence[Any]) -> list[Found]:
    found = []
    for row in rows:
        old = Entry.model_validate(row.content)
        new, places = replacement.applied(old)
        if places:
            found.append(Found(row.collection, row.id, row.head, row.stage, old, new, places))
    return found


async def replace(
    database: Database, replacement: Replacement, targets: Sequence[Target], *, author: str, reason: str
) -> list[StepResult]:
    """Saves each entry with the replacement, as a draft. Returns the new heads, or the refusals of ``save_changed``."""

    def change(entry: Entry) -> Entry:
        return replacement.applied(entry)[0]

    return [await save_changed(database, target, change, author=author, reason=reason) for target in targets]


async def save_changed(
    database: Database, target: Target, change: Callable[[Entry], Entry], *, author: str, reason: str
) -> StepResult:
    """Saves one entry with ``change``, as a draft. Returns the new head, or the refusal: missing, moved_on, unsafe, and unsaved
    if the author has typed text there that is not saved yet.
    """
    try:
        if await saving.unsaved_text(database, target.collection, target.id, author) is not None:
            raise EditRefused("unsaved")
        async with database.read() as session:
            row = await session.get(EntryRow, (target.collection, target.id))
            if row is None:
                raise EditRefused("missing")
            if row.head != target.head:
                raise EditRefused("moved_on")
            saved = await session.get_one(Revision, (target.collection, target.id, row.head))
        new = change(Entry.model_validate(saved.content))
        head = await saving.save(database, new, started_from=saved.version, author=author, reason=reason)
    except EditRefused as refused:
        return StepResult(target, refused.code)
    return StepResult(Target(target.collection, target.id, head))
