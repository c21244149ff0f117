"""The desk's part on offices: where citizens are sent, and when it is open."""

from pathlib import Path

from core.database import Database
from core.identity import Right
from core.settings import Settings
from desk import Item, Part
from knowledge_base.desk.offices import pages


def part(settings: Settings, database: Database) -> Part:
    """Returns the part."""
    return Part(
        name="offices",
        folder=Path(__file__).parent,
        router=pages.router(settings, database),
        items=(Item(key="nav_offices", path=pages.LIST, right=Right.READ_ENTRIES, group="answers", order=24),),
    )
