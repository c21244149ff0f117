"""A knowledge base that can be published: entries in the record, a first snapshot, and a publisher without a model."""

from __future__ import annotations

from pathlib import Path

from core.database import Database
from core.database.base import now
from core.database.models import EntryRow
from core.entry import Chapter, Entry, TextBlock
from core.settings import Settings
from knowledge_base.editing.saving import save
from knowledge_base.entries.served_content import mark_all_served
from knowledge_base.entries.store import published, upsert
from knowledge_base.publishing.contracts import Change, PublicationView
from knowledge_base.publishing.publications import get
from knowledge_base.publishing.publisher import Publisher
from retrieval.contracts import Embedder
from retrieval.snapshots.update import update_index
from tests.unit.retrieval.samples import IDENTITY, PARENTAL, PASSPORT, WordEmbedder

ENTRIES = (IDENTITY, PASSPORT, PARENTAL)


def settings_for(home: Path, url: str) -> Settings:
    return Settings(_env_file=None, secret_key="s" * 40, internal_secret="i" * 40, address_key="a" * 40, **_rest(home, url))  # type: ignore[arg-type]


def _rest(home: Path, url: str) -> dict[str, object]:
    return {"home": home, "database_url": url, "actions_port": 1, "audit_key": "k" * 40}


def dearer(price: int = 30) -> Entry:
    """The first sample with another fee."""
    cost = Chapter(heading="Coût", body=(TextBlock(markdown=f"Le renouvellement coûte {price} € en timbres fiscaux."),))
    return IDENTITY.model_copy(update={"body": (IDENTITY.body[0], cost)})


async def knowledge(database: Database, home: Path, *entries: Entry) -> None:
    """``entries`` (or three samples) published, and indexed on this node."""
    given = entries or ENTRIES
    await upsert(database, "test", given, source="essai", checksum="0" * 64, author="test", reason="essai")
    update_index(await published(database), home, WordEmbedder(), "full")
    await mark_all_served(database, now())


def publisher(database: Database, home: Path, url: str, embedder: Embedder | None = None) -> Publisher:
    """One node's publisher."""
    return Publisher(settings_for(home, url), database, lambda: embedder or WordEmbedder())


async def revise(database: Database, entry: Entry, author: str = "ed") -> Change:
    """Save ``entry`` as a draft (a new one too), and give the change that publishes it."""
    async with database.read() as session:
        row = await session.get(EntryRow, (entry.collection, entry.id))
        head = row.head if row else 0
    version = await save(database, entry, started_from=head, author=author, reason="essai")
    return Change(collection=entry.collection, entry_id=entry.id, version=version)


async def carried_out(node: Publisher, database: Database, name: str) -> PublicationView:
    """The publication once ``node`` has done all that waits."""
    while await node.work():
        pass
    view = await get(database, name)
    assert view is not None
    return view
