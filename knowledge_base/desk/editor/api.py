"""The requests of the edit page during typing: autosave, preview and checks, cleaning of pasted text, link checks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.entry import Entry
from core.identity import Staff
from core.problems import Problem
from core.web.typesetting import euros, moment
from desk.shell import shell_of
from knowledge_base.desk.access import Editor
from knowledge_base.desk.editor import checks
from knowledge_base.desk.editor.catalogue import Catalogue
from knowledge_base.desk.editor.cleaning import markdown_of
from knowledge_base.desk.editor.contracts import Near, Preview, Walk
from knowledge_base.desk.editor.edited_entry import base_of, form_error_json, must_edit
from knowledge_base.desk.editor.form import EntryForm, FormError
from knowledge_base.editing import saving
from knowledge_base.quality.links.check import dead_links, links_of

Address = Annotated[str, Field(max_length=200)]
_PROPOSED = 8  # national pages
_ONE = "/api/desk/entries/{collection}/{identifier}"


class Previewed(EntryForm):
    """The form, and the citizen's position in the tree of cases of the preview (``contracts.Walk``)."""

    start: int = Field(0, ge=0, le=10_000)
    chosen: list[Address] = Field(default_factory=list, max_length=50)
    whole: Address = ""
    page: int = Field(0, ge=0, le=10_000)

    @property
    def walk(self) -> Walk:
        return Walk(self.start, tuple(self.chosen), self.whole, self.page)


class Pasted(BaseModel):
    html: str = Field(max_length=300_000)


def router(database: Database, catalogue: Catalogue, preview: Preview, near: Near) -> APIRouter:
    routes = APIRouter()

    async def entry_of(request: Request, staff: Staff, form: EntryForm, collection: str, identifier: str) -> Entry:
        base = await base_of(database, collection, identifier, form.started_from)
        try:
            return form.entry(base)
        except FormError as error:
            raise Problem(
                422, f"editor.{error.code}", language=staff.language, **form_error_json(request, staff, error)
            ) from None

    @routes.post(f"{_ONE}/autosave")
    async def autosave(request: Request, collection: str, identifier: str, form: EntryForm, staff: Editor) -> dict[str, str]:
        """Saves unfinished text for its author only; it is not a revision."""
        must_edit(staff, collection)
        entry = await entry_of(request, staff, form, collection, identifier)
        await saving.autosave(database, entry, started_from=form.started_from, author=staff.id)
        return {"saved_at": moment(now(), staff.language, shell_of(request).settings.desk_timezone)}

    @routes.post(f"{_ONE}/preview")
    async def show(request: Request, collection: str, identifier: str, form: Previewed, staff: Editor) -> dict[str, Any]:
        """Returns the entry as citizens would get it, and the advice about it."""
        entry = await entry_of(request, staff, form, collection, identifier)
        shown, shell = preview(entry, form.walk), shell_of(request)
        found = [
            *checks.unsafe_texts(entry, lambda field: shell.words.text("editor", field, staff.language)),
            *checks.advice(entry, months=shell.settings.verified_months, today=local_day(now(), shell.settings.opening.zone)),
            *checks.duplicates(entry, await near(entry.title)),
        ]
        return {
            "shown": None
            if shown is None
            else {
                "blocks": shown.blocks,
                "starts": shown.starts,
                "sms": shown.sms,
                "cost": shell.words.text(
                    "editor",
                    "sms_cost",
                    staff.language,
                    {
                        "segments": shown.segments,
                        "euros": euros(shown.euros, staff.language),
                        "parts": len(shown.sms),
                        "all": shown.all_segments,
                        "all_euros": euros(shown.all_euros, staff.language),
                        "alphabet": "GSM 7" if shown.gsm7 else "UCS-2",
                    },
                ),
            },
            "advice": [
                {"code": one.code, "text": shell.words.text("editor", one.code, staff.language, one.values), **one.values}
                for one in found
            ],
        }

    @routes.post(f"{_ONE}/links")
    async def links(request: Request, collection: str, identifier: str, form: EntryForm, staff: Editor) -> dict[str, Any]:
        """Calls every link of the entry once. Returns the links that do not work."""
        must_edit(staff, collection)
        addresses = links_of(await entry_of(request, staff, form, collection, identifier))
        dead = await dead_links(addresses)
        say, language = shell_of(request).words, staff.language
        return {
            "checked": say.text("editor", "links_checked", language, {"count": len(addresses), "dead": len(dead)}),
            "dead": [{"url": url, "why": say.text("editor", f"link_{why}", language)} for url, why in dead],
        }

    @routes.get("/api/desk/entries/{collection}/national-pages")
    async def national_pages(collection: str, q: Annotated[str, Query(max_length=300)], staff: Editor) -> list[dict[str, str]]:
        """Returns entries of other collections that may be on the matter ``q``: by meaning, then by words."""
        named = [(row.collection, row.id, row.title) for row in (await catalogue.find(q)).rows if row.status == "published"]
        found = [*await near(q), *named]
        names = {f"{owner}/{name}": title for owner, name, title in found if owner != collection}
        return [{"name": name, "title": title} for name, title in list(names.items())[:_PROPOSED]]

    @routes.post("/api/desk/entries/clean")
    async def clean(pasted: Pasted, staff: Editor) -> dict[str, str]:
        """Returns pasted HTML as the Markdown of entries."""
        return {"markdown": markdown_of(pasted.html)}

    return routes
