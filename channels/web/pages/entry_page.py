"""``/page/{entry}``: one page of the knowledge base as it is published now, with an address for each part.

A link to an answer leads to the part from which it was taken, and needs no conversation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import select

from channels.web.pages.anchors import anchor
from channels.web.pages.templating import Pages
from core.database import Database
from core.database.models import EntryRow
from core.dates import is_old
from core.entry import Entry, passages

_WIDEST = 2  # of the headings below the page's own title (h1)
_NARROWEST = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its text; ``anchor`` is its place in the address, empty if another part has it.

    ``alias``: a second one, of its last heading and its cases, as answers label their sentences.
    """

    heading: str
    level: int
    anchor: str
    markdown: str
    alias: str = ""


def parts_of(entry: Entry) -> Iterator[Part]:
    """Yields the whole of ``entry`` in reading order, beginning with the text above all headings."""
    path: tuple[str, ...] = ()
    used: set[str] = set()
    known = passages(entry)
    taken = {
        anchor((*each.headings, *each.cases)[:end]) for each in known for end in range(1, len(each.headings + each.cases) + 1)
    }
    for passage in known:
        heads = (*passage.headings, *passage.cases)
        same = next((at for at, (a, b) in enumerate(zip(path, heads, strict=False)) if a != b), min(len(path), len(heads)))
        new = range(same, len(heads))
        for at in new:
            name = anchor(heads[: at + 1])
            own = "" if name in used else name
            used.add(name)
            deep = len(passage.headings)
            brief = anchor(heads[min(at, max(deep - 1, 0)) : at + 1])
            alias = "" if brief in taken else brief
            taken.add(brief)
            yield Part(heads[at], min(_WIDEST + at, _NARROWEST), own, passage.markdown if at == new[-1] else "", alias)
        if not new:
            yield Part("", 0, "", passage.markdown)
        path = heads


def router(pages: Pages, database: Database) -> APIRouter:
    routes = APIRouter()

    @routes.get("/page/{name}")
    async def page(request: Request, name: str) -> Response:
        query = select(EntryRow.content).where(EntryRow.id == name, EntryRow.status == "published")
        if pages.settings.collection:
            query = query.where(EntryRow.collection == pages.settings.collection)
        async with database.read() as session:
            content = (await session.execute(query.order_by(EntryRow.collection).limit(1))).scalar_one_or_none()
        if content is None:
            raise HTTPException(404)
        entry = Entry.model_validate(content)
        old = entry.verified_on is not None and is_old(entry.verified_on, pages.settings.verified_months, date.today())
        values = {"entry": entry, "parts": list(parts_of(entry)), "old": old}
        response = pages.render("entry.html", request, values, language=pages.panel_language(request))
        response.headers["X-Robots-Tag"] = "noindex"  # search engines should show the source
        return response

    return routes
