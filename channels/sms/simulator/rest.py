"""The simulator's side of Twilio's REST API: the one call that we make."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel

from channels.sms.providers.forms import E164
from channels.sms.simulator.exchange import Exchange

_MAX_CHARACTERS = 1600

_basic = HTTPBasic(auto_error=False)


class NewMessage(BaseModel):
    """Twilio's form, under Twilio's names. What is missing is answered with Twilio's codes."""

    To: str = ""
    From: str = ""
    Body: str = ""
    StatusCallback: str = ""


def router(exchange: Exchange) -> APIRouter:
    """``POST /2010-04-01/Accounts/{sid}/Messages.json``, answering with Twilio's documents and error codes."""
    routes = APIRouter(include_in_schema=False)
    account = exchange.account

    @routes.post("/2010-04-01/Accounts/{sid}/Messages.json")
    async def create(
        sid: str, shown: Annotated[HTTPBasicCredentials | None, Depends(_basic)], asked: Annotated[NewMessage, Form()]
    ) -> JSONResponse:
        user, password = (shown.username, shown.password) if shown else ("", "")
        known = [_same(user, account.sid), _same(password, account.auth_token), _same(sid, account.sid)]
        if not all(known):
            return _error(401, 20003, "Authenticate")
        if not E164.fullmatch(asked.To):
            return _error(400, 21211, "The 'To' number is not a valid phone number.")
        if asked.From != account.sender:
            return _error(400, 21606, "The 'From' number does not belong to this account.")
        if not asked.Body or len(asked.Body) > _MAX_CHARACTERS:
            return _error(400, 21617 if asked.Body else 21602, "The message body is missing, or longer than 1600 characters.")
        text = await exchange.to_phone(asked.To, asked.Body, asked.StatusCallback)
        document = {
            "sid": text.sid,
            "account_sid": account.sid,
            "from": asked.From,
            "to": asked.To,
            "body": asked.Body,
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


def _same(shown: str, expected: str) -> bool:
    return hmac.compare_digest(shown.encode(), expected.encode())


def _error(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"status": status, "code": code, "message": message}, status)
