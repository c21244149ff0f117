"""Plays conversations with the running service and records the visible parts of each reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from cli.batches import in_order
from core.channels import CHANNELS
from tools.evaluation.dialogues import button_payload
from tools.evaluation.payloads import inner_payload
from tools.evaluation.records.selection import Conversation

UNPLAYED = "unplayed"  # outcome of a turn whose button was not offered, and of the turns after it
_ESSENTIALS = ("type", "purpose", "title", "headings", "cases", "body")
Progress = Callable[[int, int], None]  # done, total


class Button(BaseModel):
    """A button. ``payload`` is the one for Rasa; the signed token around it differs each time."""

    model_config = ConfigDict(frozen=True)

    label: str
    payload: str


class Recorded(BaseModel):
    """One turn of one conversation with its reply. The first five fields identify it; ``turn`` counts from 1."""

    model_config = ConfigDict(frozen=True)

    channel: str
    origin: str
    id: str
    turn: int
    said: str
    outcome: str
    entry: str = ""
    text: str = ""
    blocks: tuple[dict[str, Any], ...] = ()
    buttons: tuple[Button, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, int, str]:
        return self.channel, self.origin, self.id, self.turn, self.said


class Asking(Protocol):
    """The part of ``cli.service_client.ServiceClient`` that is used."""

    async def turn(
        self, text: str, *, channel: str, language: str | None, conversation: str | None, payload: str | None
    ) -> dict[str, Any]: ...


async def record(service: Asking, conversations: Sequence[Conversation], progress: Progress) -> list[Recorded]:
    """Returns every turn of ``conversations``, on the web, then by SMS, in order."""
    wanted = [(channel, conversation) for channel in CHANNELS for conversation in conversations]
    recorded: list[Recorded] = []
    done = 0
    async for turns in in_order(wanted, lambda one: _play(service, *one)):
        recorded += turns
        done += 1
        progress(done, len(wanted))
    return recorded


async def _play(service: Asking, channel: str, conversation: Conversation) -> list[Recorded]:
    replies: list[dict[str, Any]] = []
    recorded: list[Recorded] = []
    for number, said in enumerate(conversation.turns, start=1):
        which = {"channel": channel, "origin": conversation.origin, "id": conversation.id, "turn": number, "said": said.text}
        payload = button_payload(said.text, replies) if said.pressed else None
        if (said.pressed and payload is None) or (recorded and recorded[-1].outcome == UNPLAYED):
            recorded.append(Recorded.model_validate({**which, "outcome": UNPLAYED}))
            continue
        reply = await service.turn(
            said.text,
            channel=channel,
            language=conversation.language,
            conversation=str(replies[-1]["conversation"]) if replies else None,
            payload=payload,
        )
        replies.append(reply)
        recorded.append(Recorded.model_validate({**which, **essentials(reply)}))
    return recorded


def essentials(reply: Mapping[str, Any]) -> dict[str, Any]:
    """Returns outcome, entry, text, blocks (their essential fields that are not empty) and buttons of ``reply``."""
    options = [option for block in reply["blocks"] for option in block.get("options") or ()]
    return {
        "outcome": reply["outcome"],
        "entry": reply["entry"],
        "text": reply["text"],
        "blocks": tuple(_block(block) for block in reply["blocks"]),
        "buttons": tuple(Button(label=one["label"], payload=inner_payload(one["payload"])) for one in options),
    }


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: block[name] for name in _ESSENTIALS if block.get(name)}
    extracts = [option.get("extract") or "" for option in block.get("options") or ()]
    return {**kept, "extracts": extracts} if any(extracts) else kept


def as_lines(recorded: Iterable[Recorded]) -> str:
    """Returns one JSON object per line."""
    return "".join(f"{one.model_dump_json()}\n" for one in recorded)
