"""Two recordings of the same messages, compared reply by reply."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from cli.language import Refusal
from tools.evaluation.records.recording import Recorded

Part = Literal["outcome", "entry", "text", "blocks", "buttons"]
PARTS: tuple[Part, ...] = ("outcome", "entry", "text", "blocks", "buttons")


@dataclass(frozen=True, slots=True)
class Change:
    """One turn whose reply differs, and in which ``parts``."""

    before: Recorded
    after: Recorded
    parts: tuple[Part, ...]


def read_records(path: Path) -> list[Recorded]:
    """Returns the recording at ``path``. Raises ``Refusal`` if it cannot be read, or has another format."""
    try:
        found = [Recorded.model_validate_json(line) for line in path.read_bytes().splitlines() if line.strip()]
    except (OSError, ValidationError):
        found = []
    if not found:
        raise Refusal(
            f"{path} n'est pas un enregistrement : faites-en un avec ./guichet eval record FICHIER.",
            f"{path} is not a recording: make one with ./guichet eval record FILE.",
        )
    return found


def compare(before: Sequence[Recorded], after: Sequence[Recorded]) -> list[Change]:
    """Returns the turns that differ, in their order. Raises ``Refusal`` if the two have different messages."""
    if [one.key for one in before] != [one.key for one in after]:
        raise Refusal(
            "Ces enregistrements n'ont pas les mêmes messages : refaites les deux avec les mêmes fichiers de tests/evaluation.",
            "These recordings hold different messages: make both again with the same files of tests/evaluation.",
        )
    pairs = zip(before, after, strict=True)
    changes = [Change(first, second, _differing(first, second)) for first, second in pairs]
    return [change for change in changes if change.parts]


def count_parts(changes: Sequence[Change]) -> dict[Part, int]:
    """Returns in how many turns each part differs; a turn counts in each of its parts."""
    counted = Counter(part for change in changes for part in change.parts)
    return {part: counted[part] for part in PARTS}


def in_words(recorded: Recorded, parts: Sequence[Part]) -> str:
    """Returns these ``parts`` of a reply as lines of text."""
    return "\n".join(f"{part}: {_told(recorded, part)}" for part in parts)


def _differing(before: Recorded, after: Recorded) -> tuple[Part, ...]:
    return tuple(part for part in PARTS if getattr(before, part) != getattr(after, part))


def _told(recorded: Recorded, part: Part) -> str:
    if part == "blocks":
        return "".join(f"\n  {json.dumps(block, ensure_ascii=False)}" for block in recorded.blocks)
    if part == "buttons":
        return "".join(f"\n  [{button.label}] {button.payload}" for button in recorded.buttons)
    value: str = getattr(recorded, part)
    return f"\n{value}" if part == "text" else value or "–"
