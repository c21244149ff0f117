"""A client of the running service: turns go through the gateway like a citizen's, and are marked as tests."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from cli.language import Refusal, not_running, sentence
from conversations.turns.choices import is_number, option_in_blocks
from core.channels import traits_of
from core.settings import Settings

_GRACE_SECONDS = 10.0  # after the turn's own deadline


class ServiceClient:
    """The running gateway, called from this machine with the secret."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._http = http
        self._secret = settings.internal_headers
        self._patience = {
            "web": settings.web_turn_seconds + _GRACE_SECONDS,
            "sms": settings.sms_turn_seconds + _GRACE_SECONDS,
        }

    async def turn(
        self, text: str, *, channel: str, language: str | None, conversation: str | None = None, payload: str | None = None
    ) -> dict[str, Any]:
        """Sends one message, or presses the button with this ``payload``. Returns its reply, as ``ask`` prints it.

        Raises ``Refusal`` and ``httpx.HTTPError``.
        """
        request = {"channel": channel, "language": language, "conversation": conversation}
        opened = await self._http.post("/api/internal/conversations", json=request, headers=self._secret)
        if opened.status_code == httpx.codes.NOT_FOUND:
            raise Refusal(*sentence("unknown_ask_conversation", conversation=conversation))
        grant = opened.raise_for_status().json()
        headers = {"Authorization": f"Bearer {grant['token']}"}
        identifier = str(uuid.uuid4())
        if conversation and not payload and is_number(text) and traits_of(grant["channel"]).has_buttons:
            payload = await self._numbered(text, headers)
        content = {"payload": payload} if payload else {"text": text}
        sent = await self._http.post("/api/web/messages", json={"id": identifier, **content}, headers=headers)
        if sent.is_client_error:
            detail = sent.json().get("detail", "")
            raise Refusal(detail, detail)
        sent.raise_for_status()
        try:
            async with asyncio.timeout(self._patience[grant["channel"]]):
                async for event in self._replies(headers):
                    if event["in_reply_to"] == identifier:
                        return _turn_result(grant["conversation"], event)
        except TimeoutError:
            pass
        raise Refusal(*sentence("no_reply"))

    async def _numbered(self, text: str, headers: dict[str, str]) -> str | None:
        """Returns the payload of the choice of the last reply that ``text`` numbers, as ``ask`` printed it; else ``None``."""
        response = await self._http.get("/api/web/history?last=1", headers=headers)
        turns = response.raise_for_status().json()["turns"]
        reply = turns[-1]["reply"] if turns else None
        return option_in_blocks(text, reply["blocks"]) if reply else None

    async def _replies(self, headers: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Yields the reply events of the conversation, those of earlier turns first, and skips all other events."""
        async with self._http.stream("GET", "/api/web/events", headers=headers, timeout=httpx.Timeout(10, read=None)) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    event = orjson.loads(line.removeprefix("data:"))
                    if event["type"] == "reply":
                        yield event


def _turn_result(conversation: str, event: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = next((block for block in event["blocks"] if block["type"] == "answer"), {})
    return {
        "conversation": conversation,
        "outcome": event["outcome"],
        "text": event["text"],
        "blocks": event["blocks"],
        "entry": event["entry"],
        "source": card.get("source", {}).get("url", ""),
        "snapshot": event["snapshot"],
        "ms": event["ms"],
    }


@asynccontextmanager
async def running_service(settings: Settings) -> AsyncIterator[ServiceClient]:
    """Yields the running gateway.

    An ``httpx.HTTPError`` inside becomes a ``Refusal``: the gateway is not running, or answers with an error.
    """
    try:
        async with httpx.AsyncClient(base_url=settings.own_url, timeout=30, trust_env=False) as http:
            yield ServiceClient(settings, http)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise not_running(settings.own_url) from None
    except httpx.HTTPError as error:
        reason = f"{error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
        raise Refusal(*sentence("service_error", reason=reason)) from None
