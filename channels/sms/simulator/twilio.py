"""The simulated Twilio."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel
from twilio.request_validator import RequestValidator

from channels.sms.providers.forms import E164
from channels.sms.providers.twilio import STATUS_SUFFIX, TwilioAccount
from channels.sms.simulator.account import NAME, simulator_account
from channels.sms.simulator.operator import Accept, Call, Operator
from channels.sms.simulator.texts import Fate, Rejected, Text
from core.secrets import is_one_of
from core.settings import Settings

_MAX_CHARACTERS = 1600
_STATUS = {"expired": "failed"}
_REJECTIONS = {
    Fate.REFUSED: (400, 21610, "Attempt to send to unsubscribed recipient"),
    Fate.BUSY: (503, 20503, "Service Unavailable"),
}

_basic = HTTPBasic(auto_error=False)


class NewMessage(BaseModel):
    """Twilio's form, with Twilio's names. Missing fields are answered with Twilio's codes."""

    To: str = ""
    From: str = ""
    Body: str = ""
    StatusCallback: str = ""


class TwilioOperator:
    """An ``Operator``. ``public_url`` is the address for which webhooks are signed."""

    def __init__(self, name: str, account: TwilioAccount, public_url: str) -> None:
        self.name = name
        self._account = account
        self._public_url = public_url
        self._validator = RequestValidator(account.auth_token)

    def inbound(self, text: Text) -> Sequence[Call]:
        blank = dict.fromkeys(("FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"), "")
        form = blank | {
            "ApiVersion": "2010-04-01",
            "AccountSid": self._account.sid,
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsMessageSid": text.sid,
            "SmsStatus": "received",
            "From": text.phone,
            "FromCountry": "FR",
            "To": self._account.sender,
            "ToCountry": "FR",
            "Body": text.body,
            "NumMedia": "0",
            "NumSegments": str(text.measure.segments),
        }
        return (self._signed(f"/webhooks/sms/{self.name}", form),)

    def receipt(self, text: Text) -> Call:
        status = _STATUS.get(text.status, "undelivered" if text.status == "failed" else text.status)
        form = {
            "ApiVersion": "2010-04-01",
            "AccountSid": self._account.sid,
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "From": self._account.sender,
            "To": text.phone,
        }
        return self._signed(
            f"/webhooks/sms/{self.name}{STATUS_SUFFIX}", form | ({"ErrorCode": "30003"} if status == "undelivered" else {})
        )

    def _signed(self, path: str, form: Mapping[str, str]) -> Call:
        signature = self._validator.compute_signature(self._public_url + path, form)
        return Call(path, form=form, headers={"X-Twilio-Signature": signature})

    def api(self, accept: Accept) -> APIRouter:
        """Returns ``POST /2010-04-01/Accounts/{sid}/Messages.json``, which answers with Twilio's documents and error codes."""
        routes, account = APIRouter(include_in_schema=False), self._account

        @routes.post("/2010-04-01/Accounts/{sid}/Messages.json")
        async def create(
            sid: str, shown: Annotated[HTTPBasicCredentials | None, Depends(_basic)], message: Annotated[NewMessage, Form()]
        ) -> JSONResponse:
            user, password = (shown.username, shown.password) if shown else ("", "")
            checks = [
                is_one_of(user, [account.sid]),
                is_one_of(password, [account.auth_token]),
                is_one_of(sid, [account.sid]),
            ]
            if not all(checks):
                return _error(401, 20003, "Authenticate")
            if not E164.fullmatch(message.To):
                return _error(400, 21211, "The 'To' number is not a valid phone number.")
            if message.From != account.sender:
                return _error(400, 21606, "The 'From' number does not belong to this account.")
            if not message.Body or len(message.Body) > _MAX_CHARACTERS:
                return _error(
                    400, 21617 if message.Body else 21602, "The message body is missing, or longer than 1600 characters."
                )
            try:
                text = await accept(message.To, message.Body)
            except Rejected as rejected:
                return _error(*_REJECTIONS[rejected.fate])
            document = {
                "sid": text.sid,
                "account_sid": account.sid,
                "from": message.From,
                "to": message.To,
                "body": message.Body,
                "status": "queued",
                "direction": "outbound-api",
                "num_segments": str(text.measure.segments),
                "num_media": "0",
                "error_code": None,
                "error_message": None,
                "uri": f"/2010-04-01/Accounts/{account.sid}/Messages/{text.sid}.json",
            }
            return JSONResponse(document, 201)

        return routes


def simulated_operator(settings: Settings) -> Operator:
    """Returns the simulator's operator."""
    return TwilioOperator(NAME, simulator_account(settings), settings.base_url)


def _error(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"status": status, "code": code, "message": message}, status)
