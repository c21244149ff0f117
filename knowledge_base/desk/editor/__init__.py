"""Finding and editing entries: the list, the form with its tree of sections and cases, autosave, preview and checks.

History, workflow and publication are pages of other parts, under the same ``/desk/entries/{collection}/{id}``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import APIRouter

from core.database import Database
from core.database.base import now
from core.dates import local_day, old_before
from core.identity import Right, Staff
from core.settings import Settings
from core.web.routes import join_router
from desk import Figure, Item, Part
from desk.parts import Figures
from knowledge_base.desk.editor import api, pages, views
from knowledge_base.desk.editor.catalogue import Catalogue
from knowledge_base.desk.editor.contracts import Near, Preview, Use, Uses
from knowledge_base.quality.links.job import broken_by_entry


async def _not_counted() -> Mapping[str, Use]:
    return {}


def figures_for_editors(settings: Settings, database: Database, catalogue: Catalogue) -> Figures:
    """Returns a function that counts the entries to verify, and those with broken links."""

    async def figures(staff: Staff) -> Sequence[Figure]:
        if not staff.may(Right.EDIT_ENTRIES):
            return ()
        within = staff.collections or ("",)
        day = old_before(settings.verified_months, local_day(now(), settings.opening.zone))
        old = views.Filters(status="published", before=day, order="verified", collection=within[0] if len(within) == 1 else "")
        count = sum([(await catalogue.find(status="published", before=str(day), collection=one)).total for one in within])
        broken = sum(staff.may_edit(collection) for collection, _ in await broken_by_entry(database))
        return (
            Figure("figure_old", f"{views.LIST}?{old.query}", "entries", count),
            Figure("figure_links", f"{views.LIST}?links=broken", "entries", broken),
        )

    return figures


def part(settings: Settings, database: Database, *, preview: Preview, near: Near, used: Uses = _not_counted) -> Part:
    """Returns the part; ``preview``, ``near`` and ``used`` come from the composition root."""
    routes, catalogue = APIRouter(), Catalogue(database)
    join_router(routes, api.router(database, catalogue, preview, near), tags=["entries"])
    join_router(routes, pages.router(database, catalogue, near, used), include_in_schema=False)
    join_router(routes, views.router(database), include_in_schema=False)
    return Part(
        name="editor",
        folder=Path(__file__).parent,
        router=routes,
        items=(Item("nav_entries", views.LIST, Right.READ_ENTRIES, "entries", order=10),),
        figures=figures_for_editors(settings, database, catalogue),
    )
