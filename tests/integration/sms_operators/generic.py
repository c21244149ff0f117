"""The simulated generic provider that ``generic.yml`` describes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from channels.sms.providers.generic import GenericAccount
from channels.sms.simulator.operator import Accept, Call
from channels.sms.simulator.texts import Fate, Rejected, Text
from core.secrets import is_one_of

_REJECTIONS = {Fate.REFUSED: "REFUSED", Fate.BUSY: "LATER"}


class NewMessage(BaseModel):
    """The message that ``generic.yml`` defines."""

    to: str
    text: str


class GenericOperator:
    """An ``Operator``."""

    def __init__(self, name: str, account: GenericAccount) -> None:
        self.name = name
        self._account = account

    def inbound(self, text: Text) -> Sequence[Call]:
        document = {"id": text.sid, "from": text.phone, "to": self._account.sender, "text": text.body}
        return (self._signed(f"/webhooks/sms/{self.name}", document),)

    def receipt(self, text: Text) -> Call:
        error = "30" if text.status in ("failed", "expired") else ""
        document = {"id": text.sid, "status": text.status.upper(), "error": error}
        return self._signed(f"/webhooks/sms/{self.name}/status", document)

    def _signed(self, path: str, document: dict[str, str]) -> Call:
        body = orjson.dumps(document)
        digest = hmac.new(self._account.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": f"sha256={digest}"}
        return Call(path, content=body, headers=headers)

    def api(self, accept: Accept) -> APIRouter:
        """Returns ``POST /messages``."""
        routes = APIRouter(include_in_schema=False, dependencies=[Depends(self._authenticate)])

        @routes.post("/messages")
        async def create(message: NewMessage) -> JSONResponse:
            try:
                text = await accept(message.to, message.text)
            except Rejected as rejected:
                return JSONResponse({"code": _REJECTIONS[rejected.fate]})
            return JSONResponse({"code": "OK", "id": text.sid, "segments": text.measure.segments})

        return routes

    async def _authenticate(self, authorization: Annotated[str, Header()] = "") -> None:
        if not is_one_of(authorization, [f"Bearer {self._account.secret}"]):
            raise HTTPException(401)
