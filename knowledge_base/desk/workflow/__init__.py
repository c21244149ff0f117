"""The workflow of an entry: history, comparison, steps, lists of work, conflicts, import and export."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from core.database import Database
from core.identity import Right, Staff
from core.settings import Settings
from core.web.routes import join_router
from desk import Alert, Item, Part
from desk.parts import Alerts
from knowledge_base.desk.workflow import collections, conflicts, exchange, history, steps, work
from knowledge_base.editing import listing
from knowledge_base.import_tasks import Tasks


def alerts_for_publishers(database: Database) -> Alerts:
    """Returns a function that reports submitted entries. Each open page of the desk calls it."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        if not staff.may(Right.PUBLISH_ENTRIES):
            return ()
        rows = await listing.in_progress(database, "in_review", staff.collections)
        ids = tuple(f"{row.collection}/{row.id}@{row.head}" for row in rows)
        return (Alert(path="/desk/work?stage=in_review", key="call_review", ids=ids),)

    return alerts


def part(database: Database, settings: Settings) -> Part:
    """Returns the part. Files to import are in the state folder until they are imported."""
    routes = APIRouter()
    tasks = Tasks(database, settings)
    for router in (
        work.router(database, settings),
        history.router(database),
        steps.router(database, settings),
        conflicts.router(database),
        collections.router(database),
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
            Item("nav_exchange", "/desk/exchange", Right.EXCHANGE_ENTRIES, "entries", order=30),
        ),
        bodies={"/desk/exchange": 200 * 2**20},
        alerts=alerts_for_publishers(database),
    )
