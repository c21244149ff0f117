"""Transcripts of whole conversations with the running service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from cli.language import Refusal, not_running
from cli.service_client import ServiceClient
from core.settings import Settings
from core.yaml_text import load as load_yaml

_BUTTON = "#"


def write_transcripts(script: Path, out: Path) -> None:
    """Plays the conversations of ``script`` (YAML) with the running service, and writes the page ``out``."""
    settings = Settings()
    try:
        talks = load_yaml(script.read_text(encoding="utf-8"))
        page = asyncio.run(_page(settings, talks))
    except httpx.ConnectError:
        raise not_running(settings.own_url) from None
    out.write_text(page, encoding="utf-8")


async def _page(settings: Settings, talks: Sequence[Mapping[str, Any]]) -> str:
    parts = [
        "# Conversations entières",
        "Telles que le service les a tenues ; `./guichet transcripts` les refait. "
        "Whole conversations as the running service held them; the command writes them anew.",
    ]
    async with httpx.AsyncClient(base_url=settings.own_url, timeout=30, trust_env=False) as http:
        service = ServiceClient(settings, http)
        for number, talk in enumerate(talks, 1):
            parts.append(f"## {number}. {talk['title']} ({talk['channel']})")
            parts.extend(await _talk(service, talk))
    return "\n\n".join(parts) + "\n"


async def _talk(service: ServiceClient, talk: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    last: dict[str, Any] = {}
    for said in talk["says"]:
        label, payload = _pressed(said, last) if said.startswith(_BUTTON) else (said, None)
        last = await service.turn(
            said, payload=payload, channel=talk["channel"], language=talk.get("language"), conversation=last.get("conversation")
        )
        lines.append(f"**— {label}**")
        lines.append("\n".join(f"> {line}" if line else ">" for line in last["text"].splitlines()))
        found = f" · {last['entry']}" if last["entry"] else ""
        lines.append(f"<sub>{last['outcome']}{found}</sub>")
    return lines


def _pressed(said: str, last: Mapping[str, Any]) -> tuple[str, str]:
    """Returns the label and signed payload of the button that ``said`` names. Raises ``Refusal`` if there is no such button."""
    options = [option for block in last.get("blocks", ()) if block["type"] == "choices" for option in block["options"]]
    number = int(said.removeprefix(_BUTTON))
    if not 1 <= number <= len(options):
        raise Refusal(f"La dernière réponse n'a pas de bouton {said}.", f"The last reply has no button {said}.")
    return f"[{options[number - 1]['label']}]", options[number - 1]["payload"]
