"""The simulated Mtarget: forms both ways, our secret in the webhook's address and in the form that we send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel

from channels.sms.encoding import is_gsm7
from channels.sms.providers.generic import GenericAccount
from channels.sms.simulator.operator import Accept, Call
from channels.sms.simulator.texts import Fate, Rejected, Text
from core.secrets import is_one_of

_STATUS = {"queued": "0", "sent": "2", "delivered": "3", "failed": "4", "expired": "6"}
_REJECTIONS = {Fate.REFUSED: "4", Fate.BUSY: "8"}  # the example lists 8 as transient, and no 4
_NOT_UNICODE, _BAD_CREDENTIALS = "5", "1"


class NewMessage(BaseModel):
    """Mtarget's form."""

    username: str = ""
    password: str = ""
    msisdn: str = ""
    msg: str = ""
    allowunicode: bool = False


class MtargetOperator:
    """An ``Operator``. Mtarget refuses texts that are not GSM-7 unless they are marked."""

    def __init__(self, name: str, account: GenericAccount) -> None:
        self.name = name
        self._account = account

    def inbound(self, text: Text) -> Sequence[Call]:
        fields = {"MsgId": text.sid, "Msisdn": text.phone, "Shortcode": self._account.sender, "Content": text.body}
        return (self._called(f"/webhooks/sms/{self.name}", fields),)

    def receipt(self, text: Text) -> Call:
        fields = {"MsgId": text.sid, "Status": _STATUS.get(text.status, "1"), "StatusText": text.status}
        return self._called(f"/webhooks/sms/{self.name}/status", fields)

    def _called(self, path: str, fields: Mapping[str, str]) -> Call:
        return Call(path, form=fields, params={"token": self._account.secret})

    def api(self, accept: Accept) -> APIRouter:
        """Returns ``POST /mtarget/messages``."""
        routes, account = APIRouter(include_in_schema=False), self._account

        @routes.post("/mtarget/messages")
        async def create(message: Annotated[NewMessage, Form()], response: Response) -> dict[str, Any]:
            if not (is_one_of(message.username, [account.account]) and is_one_of(message.password, [account.secret])):
                response.status_code = 401  # strangers get no 2xx on any of our routes (tests/integration/access)
                return _result(message, _BAD_CREDENTIALS)
            if not message.allowunicode and not is_gsm7(message.msg):
                return _result(message, _NOT_UNICODE)
            try:
                text = await accept(message.msisdn, message.msg)
            except Rejected as rejected:
                return _result(message, _REJECTIONS[rejected.fate])
            return _result(message, "0", ticket=text.sid, smscount=text.measure.segments)

        return routes


def _result(message: NewMessage, code: str, **more: Any) -> dict[str, Any]:
    return {"results": [{"msisdn": message.msisdn, "code": code, **more}]}
