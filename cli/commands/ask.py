"""``./guichet ask``: turns through the running service, like a citizen's, and marked as tests."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any

import orjson
import typer

from cli.batches import in_order
from cli.language import Refusal, say, sentence
from cli.proofs import snapshots_of
from cli.service_client import ServiceClient, running_service
from core.channels import CHANNELS
from core.proof.prove import with_proof
from core.settings import Settings


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
    if channel not in CHANNELS or lang not in ("", "fr", "en") or bool(text.strip()) == batch:
        raise Refusal(*sentence("ask_without_question"))
    if explain and conversation:
        raise Refusal(*sentence("explain_needs_first_message"))
    lines = [line.strip() for line in sys.stdin if line.strip()] if batch else [text]

    async def one(service: ServiceClient, line: str) -> dict[str, Any]:
        return await service.turn(line, channel=channel, language=lang or None, conversation=conversation or None)

    async def with_reasons(service: ServiceClient, line: str) -> dict[str, Any]:
        from cli.explain_output import asked_with_reasons  # noqa: PLC0415 - what it imports takes longer than to ask

        return await asked_with_reasons(settings, service, line, channel=channel, language=lang)

    settings = Settings()
    asyncio.run(_run(settings, lines, with_reasons if explain else one, as_json=as_json or batch))


async def _run(
    settings: Settings, lines: Iterable[str], turn: Callable[[ServiceClient, str], Awaitable[dict[str, Any]]], *, as_json: bool
) -> None:
    """Asks all lines and prints each result."""
    snapshot_of = snapshots_of(settings)
    async with running_service(settings) as service:
        async for result in in_order(lines, lambda line: turn(service, line)):
            explanation = result.pop("told", result["text"])
            print(orjson.dumps(with_proof(result, snapshot_of)).decode() if as_json else explanation, flush=True)
            if not as_json and any(block.get("options") for block in result.get("blocks", ())):
                command = f"./guichet ask --conversation {result['conversation']} NUM"
                say(f"Pour choisir par le numéro : {command}", f"To choose by number: {command}")
