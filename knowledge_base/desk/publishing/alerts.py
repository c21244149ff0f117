"""Notifications for publishers: publications that were checked and wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence

from core.database import Database
from core.identity import Right, Staff
from desk import Alert
from desk.parts import Alerts
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import recent


def alerts_for_publishers(database: Database) -> Alerts:
    """Returns a function that reports publications that wait for a decision. Each open page of the desk calls it."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        if not staff.may(Right.PUBLISH_ENTRIES):
            return ()
        waiting = [one for one in await recent(database) if one.state == State.CHECKED]
        ids = tuple(one.id for one in waiting if all(staff.may_edit(change.collection) for change in one.changes))
        return (Alert(path="/desk/publications", key="call_decision", ids=ids),)

    return alerts
