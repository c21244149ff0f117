"""Notifications for publishers: entries that wait for a review."""

from __future__ import annotations

from collections.abc import Sequence

from core.database import Database
from core.identity import Right, Staff
from desk import Alert
from knowledge_base.editing import listing


class Alerts:
    """The notifications of reviews. They are requested for each open page of the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, staff: Staff) -> Sequence[Alert]:
        """Returns the submitted entries of the person's collections."""
        if not staff.may(Right.PUBLISH_ENTRIES):
            return ()
        rows = await listing.in_hand(self._database, "in_review", staff.collections)
        ids = tuple(f"{row.collection}/{row.id}@{row.head}" for row in rows)
        return (Alert(path="/desk/work?stage=in_review", key="call_review", ids=ids),)
