"""The desk's part on publishing: the gate, trying questions, unanswered demand, golden questions."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from core.database import Database
from core.identity import Right, Staff
from core.settings import Settings
from core.web.routes import join_router
from desk import Alert, Figure, Item, Part
from desk.parts import Alerts, Figures
from knowledge_base.desk.publishing import facts, golden, publications, subjects, try_question
from knowledge_base.desk.publishing.contracts import Replies, no_replies
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.editing.steps import Policy
from knowledge_base.entries.served_content import count_waiting
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import recent
from knowledge_base.quality.demand.subjects import count_open


def alerts_for_publishers(database: Database) -> Alerts:
    """Returns a function that reports publications that wait for a decision. Each open page of the desk calls it."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        if not staff.may(Right.PUBLISH_ENTRIES):
            return ()
        waiting = [one for one in await recent(database) if one.state == State.CHECKED]
        ids = tuple(one.id for one in waiting if all(staff.may_edit(change.collection) for change in one.changes))
        return (Alert(path="/desk/publications", key="call_decision", ids=ids),)

    return alerts


def figures_for_publishers(database: Database) -> Figures:
    """Returns a function that counts what waits for a decision on the start page."""

    async def figures(staff: Staff) -> Sequence[Figure]:
        if not staff.may(Right.EDIT_ENTRIES):
            return ()
        demand = Figure("figure_demand", "/desk/demand", "citizens", await count_open(database))
        if not staff.may(Right.PUBLISH_ENTRIES):
            return (demand,)
        decisions = len((await alerts_for_publishers(database)(staff))[0].ids)
        imported = await count_waiting(database, staff.collections)
        waiting = (("figure_decisions", decisions), ("figure_imported", imported))
        return [*(Figure(key, "/desk/publications", "answers", count) for key, count in waiting), demand]

    return figures


def part(settings: Settings, database: Database, replies: Replies = no_replies) -> Part:
    """Returns the part. Questions are tried in the running action server; ``replies`` gives the citizens' replies."""
    routes = APIRouter()
    engine = EngineClient(settings)
    for router in (
        publications.router(database, Policy(two_persons=settings.desk_two_persons), engine),
        facts.router(database),
        try_question.router(database, engine, settings.collection, replies),
        subjects.router(database, engine, settings.collection),
        golden.router(database),
    ):
        join_router(routes, router)
    return Part(
        name="publishing",
        folder=Path(__file__).parent,
        router=routes,
        items=(
            Item(key="nav_publications", path="/desk/publications", right=Right.READ_ENTRIES, group="answers", order=20),
            Item(key="nav_try", path="/desk/try", right=Right.READ_ENTRIES, group="answers", order=21),
            Item(key="nav_demand", path="/desk/demand", right=Right.READ_ENTRIES, group="citizens", order=35),
            Item(key="nav_golden", path="/desk/golden", right=Right.READ_ENTRIES, group="answers", order=23),
        ),
        alerts=alerts_for_publishers(database),
        figures=figures_for_publishers(database),
    )
