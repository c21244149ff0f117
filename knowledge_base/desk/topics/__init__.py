"""The desk's part on topics that other administrations handle."""

from pathlib import Path

from core.database import Database
from core.identity import Right
from core.settings import Settings
from desk import Item, Part
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.topics import pages


def part(settings: Settings, database: Database) -> Part:
    """Returns the part. Topics are tried in the running action server."""
    return Part(
        name="topics",
        folder=Path(__file__).parent,
        router=pages.router(settings, database, EngineClient(settings)),
        items=(Item(key="nav_topics", path=pages.LIST, right=Right.READ_ENTRIES, group="answers", order=25),),
    )
