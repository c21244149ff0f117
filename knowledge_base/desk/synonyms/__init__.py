"""The desk's part on synonyms: the citizens' words for the words of the pages."""

from pathlib import Path

from fastapi import APIRouter

from core.database import Database
from core.identity import Right
from core.settings import Settings
from core.web.routes import join_router
from desk import Item, Part
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.desk.synonyms import api, pages
from knowledge_base.desk.synonyms.lists import OtherLists


def part(settings: Settings, database: Database) -> Part:
    """Returns the part. Groups are tried in the running action server."""
    routes = APIRouter()
    engine, lists = EngineClient(settings), OtherLists(settings.synonyms_file)
    join_router(routes, pages.router(settings, database, engine, lists), include_in_schema=False)
    join_router(routes, api.router(settings, database, engine), tags=["synonyms"])
    return Part(
        name="synonyms",
        folder=Path(__file__).parent,
        router=routes,
        items=(Item(key="nav_synonyms", path="/desk/synonyms", right=Right.READ_ENTRIES, group="answers", order=22),),
    )
