"""Notifications for publishers: publications that were checked and wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence

from core.database import Database
from core.identity import Right, Staff
from desk import Alert
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import recent


class Alerts:
    """The notifications of publications. They are requested for each open page of the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, staff: Staff) -> Sequence[Alert]:
        """Returns the waiting publications whose changes are all in the person's collections."""
        if not staff.may(Right.PUBLISH_ENTRIES):
            return ()
        waiting = [one for one in await recent(self._database) if one.state == State.CHECKED]
        ids = tuple(one.id for one in waiting if all(staff.may_edit(change.collection) for change in one.changes))
        return (Alert(path="/desk/publications", key="call_decision", ids=ids),)
