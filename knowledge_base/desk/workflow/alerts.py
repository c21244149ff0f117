"""Notifications for publishers: entries that wait for a review."""

from __future__ import annotations

from collections.abc import Sequence

from core.database import Database
from core.identity import Right, Staff
from desk import Alert
from desk.parts import Alerts
from knowledge_base.editing import listing


def alerts_for_publishers(database: Database) -> Alerts:
    """Returns a function that reports submitted entries. Each open page of the desk calls it."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        if not staff.may(Right.PUBLISH_ENTRIES):
            return ()
        rows = await listing.in_progress(database, "in_review", staff.collections)
        ids = tuple(f"{row.collection}/{row.id}@{row.head}" for row in rows)
        return (Alert(path="/desk/work?stage=in_review", key="call_review", ids=ids),)

    return alerts
