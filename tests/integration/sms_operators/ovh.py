"""The simulated OVHcloud: sends no requests, and keeps messages until they are fetched and deleted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict

from channels.sms.providers.ovh import OvhAccount, signature
from channels.sms.simulator.operator import Accept, Call
from channels.sms.simulator.texts import Fate, Rejected, Text
from core.secrets import is_one_of

_PTT = {"queued": 0, "sent": 3, "delivered": 4, "failed": 24, "expired": 8}
_SHORT = {"queued": 0, "sent": 4, "delivered": 1, "failed": 2, "expired": 2}
_KEPT = 500


class Job(BaseModel):
    """The used part of OVHcloud's document."""

    model_config = ConfigDict(extra="ignore")

    message: str
    receivers: list[str]


class OvhOperator:
    """An ``Operator``."""

    def __init__(self, name: str, account: OvhAccount) -> None:
        self.name = name
        self._account = account
        self._waiting: dict[int, Text] = {}
        self._sent: dict[int, Text] = {}

    def inbound(self, text: Text) -> Sequence[Call]:
        self._waiting[text.number] = text
        return ()

    def receipt(self, text: Text) -> None:
        return None

    def api(self, accept: Accept) -> APIRouter:
        """Returns ``/auth/time`` and ``/sms/{service}/…``."""
        routes = APIRouter(include_in_schema=False)
        signed = APIRouter(prefix=f"/sms/{self._account.service}", dependencies=[Depends(self._signed)])

        @routes.get("/auth/time")
        async def clock() -> Response:
            return Response(str(int(time.time())), media_type="text/plain")

        @signed.get("/incoming")
        async def incoming() -> list[int]:
            return sorted(self._waiting)

        @signed.get("/incoming/{identifier}")
        async def read(identifier: int) -> dict[str, Any]:
            text = _text_with(self._waiting, identifier)
            return {"id": identifier, "sender": text.phone, "message": text.body, "creationDatetime": text.at.isoformat()}

        @signed.delete("/incoming/{identifier}")
        async def delete(identifier: int) -> None:
            _text_with(self._waiting, identifier)
            del self._waiting[identifier]

        @signed.get("/outgoing/{identifier}")
        async def state(identifier: int) -> dict[str, Any]:
            status = _text_with(self._sent, identifier).status
            return {"id": identifier, "ptt": _PTT.get(status, 0), "deliveryReceipt": _SHORT.get(status, 0)}

        @signed.post("/jobs")
        async def job(message: Job) -> dict[str, Any]:
            (phone,) = message.receivers
            try:
                text = await accept(phone, message.message)
            except Rejected as rejected:
                if rejected.fate is Fate.BUSY:
                    raise HTTPException(503) from rejected
                return {"ids": [], "invalidReceivers": [phone], "totalCreditsRemoved": 0}
            self._sent = dict([*self._sent.items(), (text.number, text)][-_KEPT:])
            return {"ids": [text.number], "invalidReceivers": [], "totalCreditsRemoved": text.measure.segments}

        routes.include_router(signed)
        return routes

    async def _signed(self, request: Request) -> None:
        account, headers = self._account, request.headers
        path = request.url.path.split("/sms/", 1)[1]
        url = f"{account.base_url.rstrip('/')}/sms/{path}"
        body = (await request.body()).decode()
        expected = signature(account, request.method, url, body, headers.get("x-ovh-timestamp", ""))
        if not is_one_of(headers.get("x-ovh-signature", ""), [expected]):
            raise HTTPException(403)


def _text_with(texts: dict[int, Text], identifier: int) -> Text:
    if identifier not in texts:
        raise HTTPException(404)
    return texts[identifier]
