"""Finding and editing entries: the list, the form with its tree of sections and cases, autosave, preview and checks.

History, workflow and publication are pages of other parts, under the same ``/desk/entries/{collection}/{id}``.
"""

from pathlib import Path

from fastapi import APIRouter

from core.database import Database
from core.identity import Right
from core.web.routes import join_router
from desk import Item, Part
from knowledge_base.desk.editor import api, pages
from knowledge_base.desk.editor.catalogue import Catalogue
from knowledge_base.desk.editor.contracts import Near, Preview


def part(database: Database, *, preview: Preview, near: Near) -> Part:
    """Returns the part; ``preview`` and ``near`` come from the composition root."""
    routes, catalogue = APIRouter(), Catalogue(database)
    join_router(routes, api.router(database, catalogue, preview, near), tags=["entries"])
    join_router(routes, pages.router(database, catalogue, near), include_in_schema=False)
    return Part(
        name="editor",
        folder=Path(__file__).parent,
        router=routes,
        items=(Item("nav_entries", "/desk/entries", Right.READ_ENTRIES, "entries", order=10),),
    )
