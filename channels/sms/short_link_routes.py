"""The targets of short links (``channels.sms.short_links``)."""

from fastapi import APIRouter, Response
from sqlalchemy import select

from channels.http.deps import Deps
from channels.sms.short_links import ShortLinks
from core.database import Database
from core.database.models import EntryRow
from core.entry import Entry
from core.problems import Problem


async def source_of(database: Database, entry: str, collection: str) -> str | None:
    """Returns the present address of the published entry ``entry``; if several have this id, that in ``collection``."""
    async with database.read() as session:
        places = (await session.execute(select(EntryRow.collection, EntryRow.id).where(EntryRow.id == entry))).all()
        for place in sorted(places, key=lambda place: (place.collection != collection, place.collection)):
            row = await session.get_one(EntryRow, (place.collection, place.id))
            if row.status == "published" and (url := Entry.model_validate(row.content).url):
                return url
    return None


def router(deps: Deps) -> APIRouter:
    """Returns the route ``GET /l/{code}``: redirects to the source, without a cookie, a referrer or a trace."""
    routes = APIRouter(include_in_schema=False)
    links = ShortLinks(deps.settings.secret_keys, deps.settings.base_url)

    @routes.get("/l/{code}")
    async def follow(code: str) -> Response:
        entry = links.entry(code)
        url = await source_of(deps.database, entry, deps.settings.collection) if entry else None
        if url is None:
            raise Problem(404)
        headers = {"Location": url, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        return Response(status_code=303, headers=headers)

    return routes
