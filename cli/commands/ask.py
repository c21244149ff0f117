"""``./guichet ask``: turns through the running service, as a citizen's go, and marked as ours."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import orjson
import typer

from cli.batches import in_order
from cli.language import Refusal, not_running
from core.settings import Settings

_GRACE_SECONDS = 10.0  # beyond the turn's own deadline


class Service:
    """The running gateway, from this machine and with the secret."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._http = http
        self._secret = {"X-Guichet-Secret": settings.internal_secret.get_secret_value()}
        self._patience = {
            "web": settings.web_turn_seconds + _GRACE_SECONDS,
            "sms": settings.sms_turn_seconds + _GRACE_SECONDS,
        }

    async def turn(
        self, text: str, *, channel: str, language: str | None, conversation: str | None = None, payload: str | None = None
    ) -> dict[str, Any]:
        """One message, or the button with this ``payload``, and its reply, as ``ask`` prints it.

        Raises ``Refusal`` and ``httpx.HTTPError``.
        """
        wanted = {"channel": channel, "language": language, "conversation": conversation}
        opened = await self._http.post("/api/internal/conversations", json=wanted, headers=self._secret)
        if opened.status_code == httpx.codes.NOT_FOUND:
            raise Refusal(
                f"La conversation {conversation} n'existe pas, ou n'a pas été ouverte par ask. Relancez sans --conversation.",
                f"Conversation {conversation} does not exist, or was not opened by ask. Run again without --conversation.",
            )
        grant = opened.raise_for_status().json()
        headers = {"Authorization": f"Bearer {grant['token']}"}
        identifier = str(uuid.uuid4())
        said = {"payload": payload} if payload else {"text": text}
        sent = await self._http.post("/api/web/messages", json={"id": identifier, **said}, headers=headers)
        if sent.is_client_error:
            detail = sent.json().get("detail", "")
            raise Refusal(detail, detail)
        sent.raise_for_status()
        try:
            async with asyncio.timeout(self._patience[grant["channel"]]):
                async for event in self._replies(headers):
                    if event["in_reply_to"] == identifier:
                        return _result(grant["conversation"], event)
        except TimeoutError:
            pass
        raise Refusal(
            "Aucune réponse n'est venue : le worker ne tourne pas. Voyez ./guichet status et ./guichet logs worker.",
            "No reply came: the worker does not run. See ./guichet status and ./guichet logs worker.",
        )

    async def _replies(self, headers: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Reply events of the conversation; those of earlier turns come first. What else is told of it, such as that the
        answer takes long, is passed over."""
        async with self._http.stream("GET", "/api/web/events", headers=headers, timeout=httpx.Timeout(10, read=None)) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    event = orjson.loads(line.removeprefix("data:"))
                    if event["type"] == "reply":
                        yield event


def _result(conversation: str, event: dict[str, Any]) -> dict[str, Any]:
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
async def running_service(settings: Settings) -> AsyncIterator[Service]:
    """Yields the running gateway.

    An ``httpx.HTTPError`` inside becomes a ``Refusal``: the gateway does not run, or answers with an error.
    """
    try:
        async with httpx.AsyncClient(base_url=settings.own_url, timeout=30, trust_env=False) as http:
            yield Service(settings, http)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise not_running(settings.own_url) from None
    except httpx.HTTPError as error:
        reason = f"{error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
        raise Refusal(
            f"Le service a répondu par une erreur ({reason}). Voyez ./guichet status et ./guichet logs gateway.",
            f"The service answered with an error ({reason}). See ./guichet status and ./guichet logs gateway.",
        ) from None


def ask(
    text: Annotated[str, typer.Argument(help="The question.")] = "",
    *,
    channel: Annotated[str, typer.Option(help="web | sms")] = "web",
    lang: Annotated[str, typer.Option(help="fr | en (default: the service's language)")] = "",
    conversation: Annotated[str, typer.Option(help="Continue this conversation of ask's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a turn.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Lines of standard input: turns of separate conversations.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, and show the reply of each channel.")] = False,
) -> None:
    """Ask the running service."""
    if channel not in ("web", "sms") or lang not in ("", "fr", "en") or bool(text.strip()) == batch:
        raise Refusal(
            'Donnez une question : ./guichet ask "…" [--channel web|sms] [--lang fr|en] [--json], ou --batch et des lignes.',
            'Give a question: ./guichet ask "…" [--channel web|sms] [--lang fr|en] [--json], or --batch and lines.',
        )
    if explain and conversation:
        raise Refusal(
            "--explain n'explique que la réponse à un premier message. Relancez sans --conversation.",
            "--explain explains the reply to a first message only. Run again without --conversation.",
        )
    lines = [line.strip() for line in sys.stdin if line.strip()] if batch else [text]

    async def one(service: Service, line: str) -> dict[str, Any]:
        return await service.turn(line, channel=channel, language=lang or None, conversation=conversation or None)

    async def with_reasons(service: Service, line: str) -> dict[str, Any]:
        from cli.explaining import asked_with_reasons  # noqa: PLC0415 - what it imports takes longer than to ask

        return await asked_with_reasons(settings, service, line, channel=channel, language=lang)

    settings = Settings()
    asyncio.run(_run(settings, lines, with_reasons if explain else one, as_json=as_json or batch))


async def _run(
    settings: Settings, lines: Iterable[str], turn: Callable[[Service, str], Awaitable[dict[str, Any]]], *, as_json: bool
) -> None:
    """Asks all lines and prints each result."""
    async with running_service(settings) as service:
        async for result in in_order(lines, lambda line: turn(service, line)):
            told = result.pop("told", result["text"])
            print(orjson.dumps(result).decode() if as_json else told, flush=True)
