"""A reply as the citizen gets it: contents to read and buttons to press."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.channels import traits_of
from tools.evaluation.first_reply.folding import folded
from tools.evaluation.payloads import entry_of, inner_payload

CONTENTS = 3  # contents of a reply that are judged
BUTTONS = 7
_SHORTEST, _LONGEST = 20, 280  # characters of a mini card
_ENDS = tuple(".!?»)…")  # the end of a sentence or an item
_BEGINNING = 25  # folded characters of a content that must occur in an SMS


@dataclass(frozen=True, slots=True)
class Content:
    """A text from the page ``entry``: an answer card (``is_answer``), or the mini card of an option."""

    entry: str
    text: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class InHand:
    """The content of a first reply: ``contents`` in order, at most three, and the entries behind ``buttons``, each once, at
    most seven. ``chars`` counts characters until the end of the first content.
    """

    contents: tuple[Content, ...]
    buttons: tuple[str, ...]
    chars: int


def in_hand(reply: Mapping[str, Any], channel: str) -> InHand:
    """Returns the contents and buttons of ``reply`` (as ``ask --json`` prints it).

    By SMS a content counts only if its beginning is in the text that is sent.
    """
    contents: list[Content] = []
    buttons: list[str] = []
    chars = 0
    for block in reply.get("blocks", ()):
        body = _stripped(block, "body")
        if not contents:
            chars += len(block.get("text") or "") + len(body)
        if block.get("type") == "answer" and body:
            contents.append(Content(str(block["entry"]), body, is_answer=True))
        for option in block.get("options") or ():
            entry, extract = entry_behind(option), _stripped(option, "extract")
            if entry:
                buttons.append(entry)
            if entry and is_mini_card(extract):
                chars += 0 if contents else len(extract)
                contents.append(Content(entry, extract, is_answer=False))
    if traits_of(channel).pays_by_segment:  # long texts are cut
        sent = folded(reply.get("text") or "")
        contents = [content for content in contents if folded(content.text)[:_BEGINNING] in sent]
    return InHand(tuple(contents[:CONTENTS]), tuple(dict.fromkeys(buttons))[:BUTTONS], chars)


def entry_behind(option: Mapping[str, Any]) -> str:
    """Returns the entry that a button leads to: the one that it names, else its payload's; empty if there is none."""
    return str(option.get("entry") or "") or entry_of(inner_payload(option.get("payload") or ""))


def is_mini_card(extract: str) -> bool:
    """Decides whether ``extract`` is a complete text, not a fragment."""
    return _SHORTEST <= len(extract) <= _LONGEST and extract.endswith(_ENDS)


def _stripped(part: Mapping[str, Any], name: str) -> str:
    return str(part.get(name) or "").strip()
