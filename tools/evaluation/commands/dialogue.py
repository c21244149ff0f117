"""``./guichet eval dialogue``: whole conversations with the running service, judged turn by turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, not_running, pick
from cli.refusals import refusal_of
from cli.service_client import ServiceClient
from core.settings import Settings
from tools.evaluation.dialogues import Dialogue, Judged, button_payload, figures, judge, read_dialogues

_CONCURRENT = 4  # conversations at a time


def dialogue(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML: dialogues, their turns, what is expected.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Figures and every turn as one JSON object.")] = False,
) -> None:
    """Whole conversations against the running service."""
    try:
        dialogues = read_dialogues(file)
    except (ValueError, OSError) as error:
        raise refusal_of(error) from error
    settings = Settings()
    try:
        judged = asyncio.run(_run(settings, dialogues))
    except httpx.HTTPError:
        raise not_running(settings.own_url) from None
    counted = figures(judged)
    if as_json:
        print(orjson.dumps({**counted, "details": [_detail(turn) for turn in judged]}).decode())
        return
    _print(file, counted, judged)


async def _run(settings: Settings, dialogues: Sequence[Dialogue]) -> list[Judged]:
    slots = asyncio.Semaphore(_CONCURRENT)
    async with httpx.AsyncClient(base_url=settings.own_url, timeout=30, trust_env=False) as http:
        service = ServiceClient(settings, http)

        async def one(held: Dialogue) -> list[Judged]:
            async with slots:
                return judge(held, await _replies(service, held))

        return [turn for turns in await asyncio.gather(*(one(held) for held in dialogues)) for turn in turns]


async def _replies(service: ServiceClient, held: Dialogue) -> list[dict[str, Any]]:
    """Returns the replies to each turn of one conversation. A button is searched among those of all replies, the latest
    first.
    """
    replies: list[dict[str, Any]] = []
    conversation: str | None = None
    for expected in held.turns:
        payload = _payload(expected.press, replies) if expected.press else None
        reply = await service.turn(
            expected.say, payload=payload, channel=held.channel, language=held.language, conversation=conversation
        )
        conversation = str(reply["conversation"])
        replies.append(reply)
    return replies


def _payload(label: str, replies: list[dict[str, Any]]) -> str:
    payload = button_payload(label, replies)
    if payload is None:
        raise Refusal(f"Aucun bouton ne porte « {label} ».", f'There is no button "{label}".')
    return payload


def _detail(turn: Judged) -> dict[str, Any]:
    said = turn.expected.say or turn.expected.press
    kind = turn.expected.kind
    about = {"dialogue": turn.dialogue, "turn": turn.number, "kind": kind, "said": said}
    return {**about, "outcome": turn.outcome, "entry": turn.entry, "wrong": list(turn.wrong)}


def _print(file: Path, counted: dict[str, float], judged: list[Judged]) -> None:
    console = Console()
    table = Table(title=file.name)
    table.add_column(pick("mesure", "figure"))
    table.add_column(pick("valeur", "value"), justify="right")
    for name, value in counted.items():
        table.add_row(name, f"{value:g}")
    console.print(table)
    for turn in judged:
        if turn.wrong:
            said = turn.expected.say or turn.expected.press
            console.print(
                f"{turn.dialogue} {turn.number} [{turn.expected.kind}] {said} : {', '.join(turn.wrong)}", markup=False
            )
