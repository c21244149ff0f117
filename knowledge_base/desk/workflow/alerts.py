"""Notifications: entries that wait for a review, and sources whose last reading was refused."""

from collections.abc import Sequence

from core.database import Database
from core.identity import Right, Staff
from desk import Alert
from desk.parts import Alerts
from knowledge_base.desk.workflow.sources import PATH, refused_sources
from knowledge_base.editing import listing


def alerts_for_staff(database: Database) -> Alerts:
    """Returns a function that reports both to those who can act. Each open page of the desk calls it."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        found = []
        if staff.may(Right.PUBLISH_ENTRIES):
            rows = await listing.in_progress(database, "in_review", staff.collections)
            ids = tuple(f"{row.collection}/{row.id}@{row.head}" for row in rows)
            found.append(Alert(path="/desk/work?stage=in_review", key="call_review", ids=ids))
        if staff.may(Right.EXCHANGE_ENTRIES):
            found.append(Alert(path=PATH, key="call_source", ids=await refused_sources(database, staff)))
        return found

    return alerts
