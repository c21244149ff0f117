"""The simulator's routes. Other machines get 404."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import orjson
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from channels.sms.encoding import measure
from channels.sms.providers.forms import E164
from channels.sms.simulator.account import PHONES, SERVICE_NUMBER, is_local, local_url
from channels.sms.simulator.exchange import Exchange
from channels.sms.simulator.opt_outs import SimulatedOptOuts
from channels.sms.simulator.texts import Fate, Text
from channels.sms.simulator.twilio import simulated_operator
from core.languages import LANGUAGES
from core.problems import Problem
from core.settings import Settings
from core.web.headers import security_headers
from core.web.tls_context import tls_context
from core.yaml_text import load as load_yaml

_FOLDER = Path(__file__).parent
_FILES = {"phone.js": "text/javascript", "phone.css": "text/css", "phone.svg": "image/svg+xml"}
_WAIT_SECONDS = 5.0  # also the longest wait of a stopping gateway
_PAGE_HEADERS = security_headers(script=True, more={"form-action": "'none'"}) | {"Referrer-Policy": "no-referrer"}
_E164 = Field(pattern=f"^{E164.pattern}$")


class PhoneText(BaseModel):
    """A text that a phone sends."""

    phone: Annotated[str, _E164]
    text: str = Field(min_length=1, max_length=1600)


class FateChoice(BaseModel):
    """The simulated fate of a phone's messages."""

    fate: Fate


class Draft(BaseModel):
    """A text that is being written."""

    text: str = Field(max_length=1600)


async def _local_only(request: Request) -> None:
    """Raises 404 for another machine, and for requests that another site's page causes in a browser here."""
    own = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    opens = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
    if not (is_local(request) and (own or opens)):
        raise Problem(404)


def router(settings: Settings, opt_outs: SimulatedOptOuts) -> APIRouter:
    """Returns ``/simulator`` and its routes. Mount it only if ``is_offered(settings)``."""
    http = httpx.AsyncClient(timeout=10, verify=tls_context(), trust_env=False)
    operator = simulated_operator(settings)
    exchange = Exchange(operator, http, local_url=local_url(settings))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await exchange.close()

    routes = APIRouter(prefix="/simulator", dependencies=[Depends(_local_only)], include_in_schema=False, lifespan=lifespan)
    routes.include_router(operator.api(exchange.accept), prefix="/api")
    words: dict[str, dict[str, str]] = load_yaml((_FOLDER / "words.yml").read_text(encoding="utf-8"))
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
            fates=list(Fate),
        )
        return HTMLResponse(html, headers=_PAGE_HEADERS)

    @routes.get("/{name}")
    async def file(name: str) -> Response:
        if name not in _FILES:
            raise Problem(404)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(_FOLDER / name, media_type=_FILES[name], headers=headers)

    def public(text: Text) -> dict[str, Any]:
        return text.public(segment_euros=settings.sms_segment_euros)

    @routes.post("/messages", status_code=202)
    async def send(text_from_phone: PhoneText) -> dict[str, Any]:
        return public(await exchange.from_phone(text_from_phone.phone, text_from_phone.text))

    @routes.put("/phones/{phone}/fate", status_code=204)
    async def decide(phone: Annotated[str, _E164], choice: FateChoice) -> None:
        """Sets the fate of messages of ``phone`` from now on."""
        exchange.fates[phone] = choice.fate

    @routes.get("/phones/{phone}/transcript.json")
    async def transcript(phone: Annotated[str, _E164]) -> Response:
        """Returns all texts of ``phone`` as a file."""
        document = {"phone": phone, "service": SERVICE_NUMBER, "messages": [public(text) for text in exchange.texts_of(phone)]}
        name = f"sms-{phone.removeprefix('+')}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(orjson.dumps(document, option=orjson.OPT_INDENT_2), media_type="application/json", headers=headers)

    @routes.get("/phones/{phone}/messages")
    async def messages(
        phone: Annotated[str, _E164], after: Annotated[int, Query(ge=0)] = 0, exchange_id: str = ""
    ) -> dict[str, Any]:
        same = exchange_id == exchange.id  # a restarted exchange counts from zero again
        revision, texts = await exchange.newer(phone, after if same else 0, wait_seconds=_WAIT_SECONDS if same else 0)
        return {
            "exchange": exchange.id,
            "revision": revision,
            "messages": [public(text) for text in texts],
            "unsubscribed": await opt_outs.has_opted_out(phone),  # read last: a text just returned may be its STOP
        }

    @routes.post("/measure")
    async def count(draft: Draft) -> dict[str, Any]:
        size = measure(draft.text)
        return {"encoding": size.encoding, "units": size.units, "segments": size.segments}

    return routes
