"""A provider of our own making, over real HTTP: it signs as Twilio does, and takes our messages as Twilio does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from conversations.delivery.outbound import Outbound
from core.database import Database
from core.settings import Settings
from tests.integration.servers import free_port
from tests.waiting import until

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "token-of-the-account", "+33199000000"
PHONE = "+33639980001"
PATH = "/webhooks/sms/twilio"


def message_id(kind: str = "SM") -> str:
    return kind + secrets.token_hex(16)


@dataclass
class FakeTwilio:
    """Keeps what it was sent. ``answers``: statuses (and codes) of the next answers instead of 201.

    While ``gate`` is cleared, a message is taken but not answered.
    """

    port: int = field(default_factory=free_port)
    sent: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def settings(self) -> dict[str, Any]:
        """Settings that make this the provider."""
        return {
            "sms_provider": "twilio",
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN,
            "twilio_from": NUMBER,
            "twilio_base_url": f"http://127.0.0.1:{self.port}",
            "public_url": "https://guichet.exemple.fr",
        }

    @property
    def texts(self) -> list[str]:
        return [message["Body"] for message in self.sent]

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/2010-04-01/Accounts/{sid}/Messages.json")
        async def create(sid: str, request: Request) -> Response:
            expected = httpx.BasicAuth(ACCOUNT, TOKEN)._auth_header
            if sid != ACCOUNT or request.headers.get("authorization") != expected:
                return JSONResponse({"code": 20003}, 401)
            status, code = self.answers.pop(0) if self.answers else (201, 0)
            if status != 201:
                return JSONResponse({"code": code}, status)
            sid = message_id()
            form = await request.form()
            self.sent.append({name: str(value) for name, value in form.items()} | {"sid": sid})
            await self.gate.wait()
            return JSONResponse({"sid": sid, "status": "queued", "num_segments": "1"}, 201)

        return app


def inbound(text: str | None, *, sid: str = "", phone: str = PHONE, **more: str) -> dict[str, str]:
    """The form of a citizen's SMS."""
    sid = sid or message_id()
    form = {
        "ToCountry": "FR",
        "FromCity": "",
        "FromZip": "",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "NumMedia": "0",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": phone,
        "To": NUMBER,
        "ApiVersion": "2010-04-01",
    }
    return form | ({} if text is None else {"Body": text}) | more


async def sweep(outbound: Outbound, stopping: Callable[[], bool] = lambda: False) -> None:
    """One round of what a worker does again and again, until all that was due has been tried."""
    await outbound.deliver(await outbound.due(), stopping)


async def post(
    http: httpx.AsyncClient, settings: Settings, form: Mapping[str, str], *, path: str = PATH, token: str = TOKEN
) -> httpx.Response:
    """Post ``form`` to our webhook, signed with ``token``."""
    signature = RequestValidator(token).compute_signature(settings.base_url + path, form)
    return await http.post(path, data=dict(form), headers={"X-Twilio-Signature": signature})


async def receipt(http: httpx.AsyncClient, settings: Settings, sid: str, status: str, error: str = "") -> httpx.Response:
    """Report ``status`` of the message ``sid``."""
    form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "MessageStatus": status, "To": PHONE, "From": NUMBER}
    return await post(http, settings, form | ({"ErrorCode": error} if error else {}), path=f"{PATH}/status")


async def count(database: Database, table: type) -> int:
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def has_sent(twilio: FakeTwilio, number: int) -> None:
    async def enough() -> bool:
        return len(twilio.sent) >= number

    await until(enough)
