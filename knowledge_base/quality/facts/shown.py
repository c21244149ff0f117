"""The answers of the last days that stated a fact which a publication has changed; golden questions about its entries."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, or_, select, tuple_

from core.database import Database
from core.database.models import Conversation, Publication, Reply, Revision
from core.entry import Entry
from core.turns import Origin
from knowledge_base.quality.facts.changes import ChangedFact, changed_facts, words_of
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import golden

DAYS = timedelta(days=14)  # before the publication: how far back answers are looked at
_NAMED = 50  # entries that are looked for by name; of more, every answer is read
_BATCH = 500
SHOWN = 200


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """An entry whose facts a publication has changed."""

    collection: str
    id: str
    title: str
    facts: tuple[ChangedFact, ...]


@dataclass(frozen=True, slots=True)
class StatedAnswer:
    """An answer that stated the old ``fact``. It holds nothing that a citizen wrote."""

    conversation: str
    channel: str
    at: datetime
    entry: str
    fact: ChangedFact


async def changed_entries(database: Database, changes: Sequence[Mapping[str, Any]]) -> list[ChangedEntry]:
    """Returns the entries of a publication's ``changes`` with the facts that changed, without those where none did."""
    wanted = {
        (change["collection"], change["entry_id"], version)
        for change in changes
        if change["before"] is not None
        for version in (change["before"], change["version"])
        if version is not None
    }
    contents: dict[tuple[str, str, int], Entry] = {}
    keys = tuple_(Revision.collection, Revision.entry_id, Revision.version)
    ordered = sorted(wanted)
    async with database.read() as session:
        for start in range(0, len(ordered), _BATCH):
            query = select(Revision).where(keys.in_(ordered[start : start + _BATCH]))
            for row in await session.scalars(query):
                contents[row.collection, row.entry_id, row.version] = Entry.model_validate(row.content)
    return await asyncio.to_thread(_compared, changes, contents)


def _compared(changes: Sequence[Mapping[str, Any]], contents: Mapping[tuple[str, str, int], Entry]) -> list[ChangedEntry]:
    found = []
    for change in changes:
        name = (change["collection"], change["entry_id"])
        old = contents.get((*name, change["before"] or 0))
        facts = changed_facts(old, contents.get((*name, change["version"] or 0))) if old else ()
        if old and facts:
            found.append(ChangedEntry(*name, old.title, facts))
    return found


async def answers_that_stated(database: Database, entries: Collection[ChangedEntry], until: datetime) -> list[StatedAnswer]:
    """Returns the answers to citizens in the days before ``until`` that stated an old fact of ``entries``, latest first."""
    facts = {entry.id: entry.facts for entry in entries}
    query = (
        select(Reply.conversation_id, Conversation.channel, Reply.created_at, Reply.blocks)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(Conversation.origin == Origin.CITIZEN, Reply.created_at >= until - DAYS, Reply.created_at < until)
        .order_by(Reply.created_at.desc())
    )
    if len(facts) <= _NAMED:
        written = cast(Reply.blocks, Text)
        query = query.where(or_(*(written.contains(f'"{name}"', autoescape=True) for name in facts)))
    found: list[StatedAnswer] = []
    async with database.read() as session:
        async for conversation, channel, at, blocks in await session.stream(query.execution_options(yield_per=_BATCH)):
            for name, text, path in _texts(blocks):
                words = words_of(text) if name in facts else ""
                stated = (fact for fact in facts.get(name, ()) if fact.key in words and fact.path <= (path or fact.path))
                found += [StatedAnswer(conversation, channel, at, name, fact) for fact in stated]
    return list(dict.fromkeys(found))


async def golden_of(database: Database, entries: Collection[ChangedEntry]) -> list[Golden]:
    """Returns the golden questions that ``entries`` answer. Every publication replays all of them before it is activated."""
    names = {entry.id for entry in entries}
    return [one for one in await golden(database) if names & set(one.gold)]


def _texts(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yields (entry, text, headings and cases) for each text of an entry in the blocks of a reply: cards, and mini cards."""
    for block in blocks:
        if block.get("entry"):
            path = frozenset((*block.get("headings", ()), *block.get("cases", ())))
            yield block["entry"], f"{block.get('body', '')}\n{block.get('sms_text', '')}", path
        for option in block.get("options", ()):
            if option.get("entry"):
                yield option["entry"], option.get("extract", ""), frozenset()


async def activated(database: Database, name: str) -> Publication | None:
    """Returns the publication, or the rollback, if it was activated."""
    async with database.read() as session:
        row: Publication | None = await session.scalar(
            select(Publication).where(Publication.id == name, Publication.applied.is_not(None))
        )
        return row
