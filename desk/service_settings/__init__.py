"""The desk's page of settings: those that an administrator changes without a restart."""

from pathlib import Path

from core.database import Database
from core.identity import Right
from core.settings import Settings
from desk import Item, Part
from desk.service_settings import pages


def part(settings: Settings, database: Database) -> Part:
    """Returns the part."""
    item = Item(key="nav", path=pages.PAGE, right=Right.MANAGE_SERVICE, group="service", order=84)
    return Part(name="settings", folder=Path(__file__).parent, router=pages.router(settings, database), items=(item,))
