"""Writes blocks in the form of an older version: blocks forbid unknown fields, so a process refuses later additions.

Form 1: before mini cards. Form 2: an option may be a mini card. Form 3: an office has its own block. Form 4: an office may
have several addresses, and choices may ask for the position. A new field or kind of
block that the previous version refuses begins the next form; ``block_in_form`` then defines what is written instead. How a
worker knows which form all others read: ``conversations/worker/reply_form.py``, docs/runbooks/update.md.
"""

from collections.abc import Mapping
from typing import Any

from core.turns import Turn

FORM = 4  # this version reads it, and writes it once all others read it
_WITH_MINI_CARDS, _WITH_PLACES, _WITH_ADDRESSES = 2, 3, 4
_ADDRESSES = frozenset({"other_addresses", "postal_address"})
_PLAIN_OPTION = ("label", "payload")


def block_in_form(block: Mapping[str, Any], form: int) -> dict[str, Any]:
    """Returns a block (as JSON) without anything that a reader of ``form`` refuses."""
    if form < _WITH_PLACES and block.get("type") == "place":
        return {
            "type": "text",
            "text": "\n".join(line for line in (block["name"], block["address"], block["text"], block["phone"]) if line),
        }
    if form < _WITH_ADDRESSES:
        block = {name: value for name, value in block.items() if name not in _ADDRESSES}
        if block.get("purpose") == "nearest":
            block["purpose"] = "cases"
    if form >= _WITH_MINI_CARDS or "options" not in block:
        return dict(block)
    return {**block, "options": [{name: option[name] for name in _PLAIN_OPTION} for option in block["options"]]}


def turn_in_form(turn: Turn, form: int) -> Turn:
    """Returns ``turn`` without anything in its blocks that a reader of ``form`` refuses."""
    if form >= FORM:
        return turn
    blocks = [block_in_form(block.model_dump(mode="json"), form) for block in turn.blocks]
    return turn.model_copy(update={"blocks": Turn(outcome=turn.outcome, blocks=blocks).blocks})
