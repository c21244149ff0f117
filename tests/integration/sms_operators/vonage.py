"""The simulated Vonage: sends long messages in parts, the last one first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from channels.sms.encoding import Encoding, split
from channels.sms.providers.vonage import VonageAccount, signature
from channels.sms.simulator.operator import Accept, Call
from channels.sms.simulator.texts import Fate, Rejected, Text
from core.secrets import is_one_of

_STATUS = {"sent": "accepted", "delivered": "delivered", "failed": "failed", "expired": "expired"}
_REJECTIONS = {Fate.REFUSED: "7", Fate.BUSY: "1"}


class NewMessage(BaseModel):
    """Vonage's form."""

    api_key: str = ""
    api_secret: str = ""
    to: str = ""
    text: str = ""
    sender: str = Field("", alias="from")


class VonageOperator:
    """An ``Operator``."""

    def __init__(self, name: str, account: VonageAccount) -> None:
        self.name = name
        self._account = account

    def inbound(self, text: Text) -> Sequence[Call]:
        parts = split(text.body)
        calls = [self._part(text, part, number, len(parts)) for number, part in enumerate(parts, 1)]
        return calls[::-1]

    def receipt(self, text: Text) -> Call:
        status = _STATUS.get(text.status, "buffered")
        fields = {
            "msisdn": text.phone.removeprefix("+"),
            "to": self._account.sender,
            "messageId": _message_id(text.number),
            "status": status,
            "err-code": "1" if status == "failed" else "0",
            "api-key": self._account.key,
        }
        return self._signed(f"/webhooks/sms/{self.name}/status", fields)

    def _part(self, text: Text, part: str, number: int, total: int) -> Call:
        fields = {
            "msisdn": text.phone.removeprefix("+"),
            "to": self._account.sender,
            "messageId": _message_id(text.number, number),
            "text": part,
            "type": "text" if text.measure.encoding is Encoding.GSM7 else "unicode",
            "api-key": self._account.key,
        }
        if total > 1:
            fields |= {
                "concat": "true",
                "concat-ref": str(text.number % 256),
                "concat-total": str(total),
                "concat-part": str(number),
            }
        return self._signed(f"/webhooks/sms/{self.name}", fields)

    def _signed(self, path: str, fields: Mapping[str, str]) -> Call:
        return Call(path, "GET", params={**fields, "sig": signature(list(fields.items()), self._account)})

    def api(self, accept: Accept) -> APIRouter:
        """Returns ``POST /sms/json``."""
        routes, account = APIRouter(include_in_schema=False), self._account

        @routes.post("/sms/json")
        async def create(message: Annotated[NewMessage, Form()]) -> JSONResponse:
            if not (is_one_of(message.api_key, [account.key]) and is_one_of(message.api_secret, [account.secret])):
                return JSONResponse({"status": "4", "error-text": "Bad Credentials"}, 401)
            if not message.to.isdecimal() or not message.text:
                return _answer({"status": "2" if not message.text else "3", "error-text": "Missing or invalid parameter"})
            try:
                text = await accept(f"+{message.to}", message.text)
            except Rejected as rejected:
                return _answer({"status": _REJECTIONS[rejected.fate], "error-text": rejected.fate})
            more = [_message_id(text.number, part) for part in range(text.measure.segments)]
            return _answer(*({"status": "0", "to": message.to, "message-id": one} for one in more))

        return routes


def _message_id(number: int, part: int = 0) -> str:
    return f"0A{number:012X}{part:02X}"


def _answer(*messages: dict[str, str]) -> JSONResponse:
    return JSONResponse({"message-count": str(len(messages)), "messages": list(messages)})
