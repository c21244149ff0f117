"""Copies the topics in use, with the vectors of their names and examples, from the database to the state folder of a node."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import structlog
from pydantic import ValidationError

from core.database import Database
from knowledge_base.editing.state_file import keep_updated, replace_text
from knowledge_base.topics.store import changes, in_use
from retrieval.contracts import Embedder, Topic, model_id
from retrieval.decision.topics import EmbeddedTopics, texts_of

log = structlog.get_logger(__name__)


async def keep_topics_updated(
    database: Database, file: Path, embedder: Callable[[], Embedder], stopping: asyncio.Event
) -> None:
    """Keeps ``file`` equal to the topics in use until ``stopping``. ``embedder`` connects to the action server."""
    update = partial(update_topics, database, file, embedder)
    await keep_updated(file, partial(changes, database), update, stopping, failure_event="topics_not_followed")


async def update_topics(database: Database, file: Path, embedder: Callable[[], Embedder]) -> bool:
    """Makes ``file`` equal to the topics in use in the database. Returns false if it was equal already.

    They are embedded again only if a topic or the embedding model has changed. Raises the embedder's exceptions.
    """
    topics = await in_use(database)
    if not await asyncio.to_thread(_write, file, topics, embedder):
        return False
    log.info("topics_followed", topics=len(topics))
    return True


def _write(file: Path, topics: Sequence[Topic], embedder: Callable[[], Embedder]) -> bool:
    if not topics:
        return replace_text(file, "")
    model, known = embedder(), _read(file)
    if known and (known.model, list(known.topics)) == (model_id(model), list(topics)):
        return False
    vectors = model.embed_queries(texts_of(topics))
    return replace_text(file, EmbeddedTopics.of(topics, vectors, model_id(model)).model_dump_json())


def _read(file: Path) -> EmbeddedTopics | None:
    try:
        known = EmbeddedTopics.model_validate_json(file.read_bytes())
        known.matrix()
    except (FileNotFoundError, ValidationError, ValueError):
        return None
    return known
