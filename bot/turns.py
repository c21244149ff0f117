"""From Rasa's messages of one turn to the turn of the contract (``core.turns.Turn`` as a dict)."""

from collections.abc import Iterable
from typing import Any

_FILLED = {"notice": "answer", "more": "answer", "option": "choices"}
_COPIED = ("entry", "entry_version", "snapshot", "confidence", "handoff", "care", "move", "language", "alike")
# The forms (core/reply_form.py) from which on an option may have more than a label and a payload, an office is a block, and
# has several addresses.
_WITH_MINI_CARDS, _WITH_PLACES, _WITH_ADDRESSES = 2, 3, 4


class TurnFailed(Exception):
    """The turn has nothing that may be shown: no outcome, or more than one."""


def assemble(events: Iterable[dict[str, Any]], form: int = _WITH_ADDRESSES) -> dict[str, Any]:
    """Returns the turn made of the ``bot`` events among ``events`` (Rasa's serialised form), in order, with blocks of ``form``.
    A replayed turn may be requested in another form than before, by a newer worker.

    A message's ``custom`` may hold ``outcome``; ``block`` (a block whose ``text`` is the message's); ``fill``, which says that
    the text belongs to the block before it (``notice``: an answer card's notice, ``more``: the end of its body, ``option``: the
    label of one more button, with its ``payload``); and values for the whole turn (entry, entry_version, snapshot, confidence,
    handoff, care, move, language, alike). Without block or fill, a message is a text block, and one with ``buttons`` (from
    ``domain.yml``) a menu of choices.

    Raises ``TurnFailed`` unless there is exactly one outcome: Rasa ignores the failure of a custom action, and continues.
    """
    turn: dict[str, Any] = {"outcome": "", "blocks": [], "replayed": False}
    outcomes: list[str] = []
    for event in events:
        if event.get("event") != "bot":
            continue
        text = str(event.get("text") or "")
        custom = (event.get("data") or {}).get("custom") or {}
        buttons = (event.get("data") or {}).get("buttons") or []
        if "outcome" in custom:
            outcomes.append(custom["outcome"])
        turn.update({key: custom[key] for key in _COPIED if key in custom})
        if "fill" in custom:
            _fill(turn["blocks"], custom, text)
        elif "block" in custom:
            turn["blocks"].append({**custom["block"], "text": text})
        elif buttons:
            turn["blocks"].append({"type": "choices", "purpose": "menu", "text": text, "options": _options(buttons)})
        elif text:
            turn["blocks"].append({"type": "text", "text": text})
    if len(outcomes) != 1:
        raise TurnFailed(f"{len(outcomes)} outcomes")
    turn["outcome"] = outcomes[0]
    turn["blocks"] = [_in_form(block, form) for block in turn["blocks"]]
    return turn


def _in_form(block: dict[str, Any], form: int) -> dict[str, Any]:
    """Returns ``block`` without anything that a reader of ``form`` refuses (``core/reply_form.py``)."""
    if form < _WITH_PLACES and block["type"] == "place":
        lines = (str(block.get(name) or "") for name in ("name", "address", "text", "phone"))
        return {"type": "text", "text": "\n".join(line for line in lines if line)}
    if form < _WITH_ADDRESSES:
        block = {name: value for name, value in block.items() if name not in ("other_addresses", "postal_address")}
        if block.get("purpose") == "nearest":
            block["purpose"] = "cases"
    if form < _WITH_MINI_CARDS and "options" in block:
        block["options"] = [{name: option[name] for name in ("label", "payload")} for option in block["options"]]
    return block


def _options(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"label": str(button["title"]), "payload": str(button["payload"])} for button in buttons]


def _fill(blocks: list[dict[str, Any]], custom: dict[str, Any], text: str) -> None:
    field = custom["fill"]
    if field not in _FILLED:
        raise TurnFailed(f"unknown field {field}")
    if not blocks or blocks[-1].get("type") != _FILLED[field]:
        raise TurnFailed(f"{field} without a block before it that has one")
    last = blocks[-1]
    if field == "option":
        last["options"] = [*last["options"], {"label": text, "payload": custom["payload"]}]
    elif field == "more":
        last["body"] = f"{last['body']}\n\n{text}"
    else:
        last[field] = text
