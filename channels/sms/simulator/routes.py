"""The simulator's routes. Whoever is not on this machine is told that there is no such page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import yaml
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from channels.gateway.problems import Problem
from channels.sms.encoding import measure
from channels.sms.providers.forms import E164
from channels.sms.simulator import rest
from channels.sms.simulator.account import NAME, PHONES, SERVICE_NUMBER, is_local, local_url, simulator_account
from channels.sms.simulator.exchange import Exchange
from channels.wording import LANGUAGES
from core.settings import Settings

_FOLDER = Path(__file__).parent
_FILES = {"phone.js": "text/javascript", "phone.css": "text/css", "phone.svg": "image/svg+xml"}
_WAIT_SECONDS = 5.0  # also how long a stopping gateway may have to wait
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'",
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
)
_PAGE_HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_E164 = Field(pattern=f"^{E164.pattern}$")


class Sent(BaseModel):
    """A text that a phone sends."""

    phone: Annotated[str, _E164]
    text: str = Field(min_length=1, max_length=1600)


class Draft(BaseModel):
    """A text that is being written."""

    text: str = Field(max_length=1600)


async def _local_only(request: Request) -> None:
    """404 for anybody who is not on this machine, and for what another site's page makes a browser here ask for."""
    own = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    opens = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
    if not (is_local(request) and (own or opens)):
        raise Problem(404)


def router(settings: Settings) -> APIRouter:
    """``/simulator`` and what belongs to it. Mount it only where ``is_offered(settings)``."""
    http = httpx.AsyncClient(timeout=10, trust_env=False)
    exchange = Exchange(
        simulator_account(settings),
        http,
        public_url=settings.base_url,
        local_url=local_url(settings),
        webhook=f"/webhooks/sms/{NAME}",
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await exchange.close()

    routes = APIRouter(prefix="/simulator", dependencies=[Depends(_local_only)], include_in_schema=False, lifespan=lifespan)
    routes.include_router(rest.router(exchange), prefix="/api")
    words: dict[str, dict[str, str]] = yaml.safe_load((_FOLDER / "words.yml").read_text(encoding="utf-8"))
    page = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined).get_template("page.html")

    @routes.get("")
    async def show(lang: str = "") -> HTMLResponse:
        language = lang if lang in LANGUAGES else settings.default_language
        html = page.render(
            language=language,
            other="en" if language == "fr" else "fr",
            words=words[language],
            phones=PHONES,
            service=settings.service_name,
            number=SERVICE_NUMBER,
        )
        return HTMLResponse(html, headers=_PAGE_HEADERS)

    @routes.get("/{name}")
    async def file(name: str) -> Response:
        if name not in _FILES:
            raise Problem(404)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(_FOLDER / name, media_type=_FILES[name], headers=headers)

    @routes.post("/messages", status_code=202)
    async def send(sent: Sent) -> dict[str, Any]:
        return (await exchange.from_phone(sent.phone, sent.text)).public()

    @routes.get("/phones/{phone}/messages")
    async def messages(
        phone: Annotated[str, _E164], after: Annotated[int, Query(ge=0)] = 0, exchange_id: str = ""
    ) -> dict[str, Any]:
        known = exchange_id == exchange.id  # one that was restarted counts from zero again
        revision, texts = await exchange.newer(phone, after if known else 0, wait_seconds=_WAIT_SECONDS if known else 0)
        return {"exchange": exchange.id, "revision": revision, "messages": [text.public() for text in texts]}

    @routes.post("/measure")
    async def count(draft: Draft) -> dict[str, Any]:
        found = measure(draft.text)
        return {"encoding": found.encoding, "units": found.units, "segments": found.segments}

    return routes
