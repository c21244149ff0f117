"""Converts an action's responses for workers of the previous version, which read the blocks (``core/reply_form.py``)."""

from collections.abc import Iterator, Sequence
from typing import Any

from core.reply_form import block_in_form


def responses_in_form(responses: Sequence[dict[str, Any]], form: int) -> list[dict[str, Any]]:
    """Returns ``responses`` without anything in their blocks that a reader of ``form`` refuses.

    Rasa words the sentence of a block later. If that form has no block for offices, the name and address come before it as a
    separate message.
    """
    return [one for response in responses for one in _in_form(response, form)]


def _in_form(response: dict[str, Any], form: int) -> Iterator[dict[str, Any]]:
    custom = response.get("custom") or {}
    if "block" not in custom:
        yield response
        return
    block = block_in_form(custom["block"], form)
    if block["type"] == "text":
        yield {"text": block["text"], "custom": {}}
        yield {**response, "custom": {name: value for name, value in custom.items() if name != "block"}}
    else:
        yield {**response, "custom": {**custom, "block": block}}
