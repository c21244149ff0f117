"""Knowledge-base suggestions for a supervisor: found while typing, inserted as a card or as SMS text."""

from typing import Any, Literal
from urllib.parse import quote

import httpx
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from core.channels import ChannelName
from core.entry import Entry, passages
from core.problems import Problem
from core.turns import AnswerBlock, ReplyBlock, Source, TextBlock
from supervision.desk.console.callers import Supervisor
from supervision.desk.console.services import ConsoleServices

_MOST, _SERVICES = 6, 3
_CARD_CHARACTERS = 1500


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=500)
    language: Literal["fr", "en"] = "fr"


class Suggestion(BaseModel):
    """A found entry. ``confidence``: the probability that the first one is right; unknown for the others."""

    entry: str
    title: str
    passage: int
    confidence: float | None


class Draft(BaseModel):
    """A reply before it is sent."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=5000)
    entry: str = Field("", max_length=64)
    passage: int = Field(0, ge=0)
    channel: ChannelName = "web"
    language: str = Field("fr", max_length=8)


class Preview(BaseModel):
    """The ``text`` as it would be sent. By SMS: ``segments`` to be paid, and whether the end waits for SUITE (``cut``)."""

    text: str
    segments: int
    characters: int
    cut: bool


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(prefix="/api/desk/console")

    @routes.post("/search")
    async def search(query: Query, staff: Supervisor) -> list[Suggestion]:
        """Returns the entries that match ``text`` best, even if the bot would not show them. 503 if the search is silent."""
        answer = await _call_search(
            services, "POST", "/search", {"query": query.text, "locale": query.language, "limit": _MOST}
        )
        hits = answer["hits"] or answer["rejected"]
        return [
            Suggestion(
                entry=hit["entry_id"],
                title=hit["title"],
                passage=hit["passage"],
                confidence=None if number else answer["confidence"],
            )
            for number, hit in enumerate(hits[:_MOST])
        ]

    @routes.post("/preview")
    async def preview(draft: Draft, staff: Supervisor) -> Preview:
        """Returns the reply as the citizen would receive it."""
        card = await card_of(services, draft.entry, draft.passage) if draft.entry else None
        text = draft.text.strip()
        blocks: list[ReplyBlock] = [TextBlock(text=text)] if text else []
        blocks += [card] if card else []
        render = services.renderers[draft.channel]
        rendered = render(tuple(blocks), language=draft.language)
        segments = rendered.segments if rendered.text else 0
        return Preview(text=rendered.text, segments=segments, characters=len(rendered.text), cut=bool(rendered.rest))

    return routes


async def card_of(services: ConsoleServices, entry: str, passage: int) -> AnswerBlock:
    """Returns the passage of an entry of the active snapshot as a card. Raises ``Problem`` 404, 503."""
    content = Entry.model_validate(await _call_search(services, "GET", f"/entries/{quote(entry, safe='')}"))
    status = await _call_search(services, "GET", "/health")
    parts = passages(content)
    if not parts:
        raise Problem(404, "console.entry_gone")
    shown = parts[passage] if passage < len(parts) else parts[0]
    body = shown.markdown.strip()
    if len(body) > _CARD_CHARACTERS:  # cut at the end of a paragraph: the source has the rest
        body = body[:_CARD_CHARACTERS].rsplit("\n", 1)[0].rstrip()
    return AnswerBlock(
        entry=content.id,
        entry_version=content.version,
        snapshot=status["snapshot"],
        locale=content.locale,
        title=content.title,
        headings=shown.headings,
        cases=shown.cases,
        body=body,
        source=Source(name=content.source, url=content.url_at(shown.headings)),
        verified_on=content.verified_on,
        services=tuple(Source(name=link.title, url=link.url) for link in content.services if link.url)[:_SERVICES],
        sms_text="" if shown.headings or shown.cases else content.sms_text,
    )


async def _call_search(services: ConsoleServices, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        answer = await services.search.request(method, path, json=body)
    except httpx.HTTPError:
        raise Problem(503, "console.search_down") from None
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise Problem(404, "console.entry_gone")
    if answer.is_error:
        raise Problem(503, "console.search_down")
    document: dict[str, Any] = answer.json()
    return document
