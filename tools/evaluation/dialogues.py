"""Dialogues with the expected result of each turn: reads the files, judges turns, counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.channels import ChannelName
from core.turns import Outcome
from core.yaml_text import load as load_yaml
from retrieval.terms.analysis import fold


class Expected(BaseModel):
    """One turn. The citizen writes ``say``, or presses the button with the label ``press``.

    ``outcome``, ``entry``: any one of them is right. ``text``: each must occur in the reply (``a|b``: one of the two),
    regardless of case and accents; it is not required in a question back (``guided``), unless that is the expected outcome.
    ``kind``: a ``follow_up`` stays with the subject; a ``change`` leaves it, so the reply must not be about the entry of the
    turn before, whatever else is expected.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str = ""
    press: str = ""
    kind: Literal["first", "follow_up", "change"] = "first"
    outcome: tuple[Outcome, ...] = ()
    entry: tuple[str, ...] = ()
    text: tuple[str, ...] = ()

    @field_validator("outcome", "entry", "text", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> Expected:
        if bool(self.say) == bool(self.press):
            raise ValueError("each turn has exactly one of say and press")
        return self


class Dialogue(BaseModel):
    """One conversation, from its beginning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    channel: ChannelName = "web"
    language: Literal["fr", "en"] = "fr"
    turns: tuple[Expected, ...] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dialogues: tuple[Dialogue, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A turn with its faults."""

    dialogue: str
    number: int
    expected: Expected
    outcome: str
    entry: str
    wrong: Sequence[str] = field(default_factory=list)


def read_dialogues(path: Path) -> Sequence[Dialogue]:
    """Returns the dialogues of the YAML file at ``path``. Raises ``ValueError`` that says what is wrong, and where."""
    try:
        found = _File.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return found.dialogues


def button_payload(label: str, replies: Sequence[Mapping[str, Any]]) -> str | None:
    """Returns the payload of the button with this ``label`` among those of all ``replies``, the latest first, or ``None``."""
    for reply in reversed(replies):
        for block in reply["blocks"]:
            for option in block.get("options", ()):
                if option["label"].replace("\u00a0", " ") == label:
                    return str(option["payload"])
    return None


def judge(dialogue: Dialogue, replies: Sequence[Mapping[str, Any]]) -> list[Judged]:
    """Returns each turn of ``dialogue`` with its reply (``outcome``, ``entry``, ``text``), in order."""
    judged: list[Judged] = []
    before = ""
    for number, (expected, reply) in enumerate(zip(dialogue.turns, replies, strict=True), 1):
        wrong = list(_faults(expected, reply, before))
        judged.append(Judged(dialogue.id, number, expected, str(reply["outcome"]), str(reply["entry"]), wrong))
        before = str(reply["entry"]) or before
    return judged


def figures(judged: Iterable[Judged]) -> dict[str, float]:
    """Returns counts, and shares (0 to 1) of right results: of all turns, by kind, of whole dialogues."""
    turns = list(judged)
    counted: dict[str, float] = {"turns": len(turns), "turns_right": _share([not turn.wrong for turn in turns])}
    for kind, name in (("first", "first"), ("follow_up", "follow_ups"), ("change", "changes")):
        of_kind = [turn for turn in turns if turn.expected.kind == kind]
        if of_kind:
            counted |= {name: len(of_kind), f"{name}_right": _share([not turn.wrong for turn in of_kind])}
    whole: dict[str, bool] = {}
    for turn in turns:
        whole[turn.dialogue] = whole.get(turn.dialogue, True) and not turn.wrong
    return {**counted, "dialogues": len(whole), "dialogues_right": _share(list(whole.values()))}


def _faults(expected: Expected, reply: Mapping[str, Any], before: str) -> Iterable[str]:
    entry = str(reply["entry"])
    if expected.outcome and reply["outcome"] not in expected.outcome:
        yield f"outcome {reply['outcome']}"
    if expected.kind == "change":
        if entry and (entry == before or (expected.entry and entry not in expected.entry)):
            yield f"entry {entry}"
    elif expected.entry and entry not in expected.entry:
        yield f"entry {entry or '-'}"
    said = fold(str(reply["text"]))
    for wanted in () if reply["outcome"] == Outcome.GUIDED and Outcome.GUIDED not in expected.outcome else expected.text:
        if not any(fold(one) in said for one in wanted.split("|")):
            yield f"text without {wanted}"


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 0.0
