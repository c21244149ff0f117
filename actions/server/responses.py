"""Responses of an action, as a worker of the version before reads what Rasa makes of them (``core/reply_form.py``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.reply_form import block_in_form


def responses_in_form(responses: Sequence[dict[str, Any]], form: int) -> list[dict[str, Any]]:
    """Returns ``responses`` with nothing in their blocks that a reader of ``form`` refuses.

    The sentence of a block is worded in Rasa, after this: where an office is no block yet, its name and address go before it
    as a message of their own.
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
