"""Notifications and numbers: entries that wait for a review, those that come back from one, and sources that were refused."""

from collections.abc import Sequence

from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.identity import Right, Staff
from core.settings import Settings
from desk import Alert, Figure
from desk.parts import Alerts, Figures
from knowledge_base.desk.workflow.sources import PATH, refused_sources
from knowledge_base.editing import listing

_WORK = "/desk/work"


def alerts_for_staff(database: Database) -> Alerts:
    """Returns a function that reports them to those who can act. Each open page of the desk calls it."""

    async def alerts(staff: Staff) -> Sequence[Alert]:
        found = []
        if staff.may(Right.EDIT_ENTRIES):
            ids = _named(await listing.returned(database, staff.id))
            found.append(Alert(path=f"{_WORK}?stage=draft&mine=1", key="call_returned", ids=ids))
        if staff.may(Right.PUBLISH_ENTRIES):
            ids = _named(await listing.in_progress(database, "in_review", staff.collections))
            found.append(Alert(path=f"{_WORK}?stage=in_review", key="call_review", ids=ids))
        if staff.may(Right.EXCHANGE_ENTRIES):
            found.append(Alert(path=PATH, key="call_source", ids=await refused_sources(database, staff)))
        return found

    return alerts


def figures_for_staff(database: Database, settings: Settings) -> Figures:
    """Returns a function that counts the work of the editor or the publisher who reads the start page."""

    async def figures(staff: Staff) -> Sequence[Figure]:
        if not staff.may(Right.EDIT_ENTRIES):
            return ()
        within = staff.collections
        today = local_day(now(), settings.opening.zone)
        counted = {
            "drafts": (f"{_WORK}?stage=draft&mine=1", await listing.in_progress(database, "draft", within, person=staff.id)),
            "submitted": (f"{_WORK}?stage=in_review", await listing.in_progress(database, "in_review", within)),
        }
        if staff.may(Right.PUBLISH_ENTRIES):
            counted["approved"] = (f"{_WORK}?stage=approved", await listing.in_progress(database, "approved", within))
        counted["due"] = (f"{_WORK}#reminders", await listing.to_review(database, today, collections=within))
        found = [Figure(f"figure_{key}", path, "entries", len(rows)) for key, (path, rows) in counted.items()]
        conflicts = await listing.with_open_conflicts(database, within)
        return [*found, Figure("figure_conflicts", "/desk/conflicts", "entries", len(conflicts))]

    return figures


def _named(rows: Sequence[listing.WorkflowState]) -> tuple[str, ...]:
    return tuple(f"{row.collection}/{row.id}@{row.head}" for row in rows)
