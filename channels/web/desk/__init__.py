"""The desk's part on the website's assistant: the questions at its start, and how it looks."""

from pathlib import Path

from fastapi import APIRouter

from channels.web.desk import look, start_questions
from core.database import Database
from core.identity import Right
from core.settings import Settings
from core.web.routes import join_router
from desk import Item, Part


def part(settings: Settings, database: Database) -> Part:
    """Returns the part."""
    routes = APIRouter()
    join_router(routes, start_questions.router(database, settings))
    join_router(routes, look.router(settings))
    return Part(
        name="website",
        folder=Path(__file__).parent,
        router=routes,
        items=(Item(key="nav_start", path=start_questions.PAGE, right=Right.READ_ENTRIES, group="answers", order=24),),
    )
