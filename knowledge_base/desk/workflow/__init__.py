"""The workflow of an entry: history, comparison, steps, lists of work, conflicts, import and export."""

from pathlib import Path

from fastapi import APIRouter

from core.database import Database
from core.identity import Right
from core.settings import Settings
from core.web.routes import join_router
from desk import Item, Part
from knowledge_base.desk.editor.contracts import Preview
from knowledge_base.desk.workflow import collections, conflicts, exchange, history, replace, sources, steps, work
from knowledge_base.desk.workflow.alerts import alerts_for_staff, figures_for_staff
from knowledge_base.import_tasks import Tasks


def part(database: Database, settings: Settings, preview: Preview | None = None) -> Part:
    """Returns the part. Files to import are in the state folder until they are imported. ``preview`` shows a draft's answer."""
    routes = APIRouter()
    tasks = Tasks(database, settings)
    for router in (
        work.router(database, settings),
        history.router(database),
        replace.router(database, settings),
        steps.router(database, settings, preview),
        conflicts.router(database),
        collections.router(database),
        sources.router(database, settings),
        exchange.export_router(database, settings),
    ):
        join_router(routes, router, include_in_schema=False)
    join_router(routes, exchange.router(database, tasks), tags=["exchange"])
    return Part(
        name="workflow",
        folder=Path(__file__).parent,
        router=routes,
        items=(
            Item("nav_work", "/desk/work", Right.READ_ENTRIES, "entries", order=15),
            Item("nav_conflicts", "/desk/conflicts", Right.EDIT_ENTRIES, "entries", order=16),
            Item("nav_collections", "/desk/collections", Right.READ_ENTRIES, "entries", order=29),
            Item("nav_sources", sources.PATH, Right.EXCHANGE_ENTRIES, "entries", order=31),
            Item("nav_exchange", "/desk/exchange", Right.EXCHANGE_ENTRIES, "entries", order=30),
        ),
        bodies={"/desk/exchange": 200 * 2**20},
        alerts=alerts_for_staff(database),
        figures=figures_for_staff(database, settings),
    )
