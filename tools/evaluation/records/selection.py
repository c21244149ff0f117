"""The messages and dialogues to record: a fixed number from each of the project's own sets, spread evenly over the file.

Only from sets that may be read (``tests/evaluation/README.md``): differences are printed with their text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.evaluation.questions import OWN
from tools.evaluation.dialogues import read_dialogues

# File under tests/evaluation → messages from it: 600 in all.
MESSAGES = {
    "questions/service_public.jsonl": 120,
    "questions/messages.jsonl": 110,
    "questions/searches.jsonl": 70,
    "questions/letters.jsonl": 50,
    "questions/everyday.jsonl": 40,
    "questions/out_of_scope.jsonl": 40,
    "nlu/dev.jsonl": 70,
    "care/dev.jsonl": 40,
    "care/dev_ordinary.jsonl": 20,
    "languages/dev.jsonl": 40,
}
# The same for dialogues: 40 in all.
DIALOGUES = {"dialogues/dev.yml": 20, "dialogues/more.yml": 20}
# Requests for a human are left out: they would appear in the queue of the staff, and their replies name the position in it.
_LEFT_OUT = frozenset({"ask_human", "ask_call_back"})


@dataclass(frozen=True, slots=True)
class Said:
    """The citizen's action in one turn: writes ``text``, or presses the button with this label (``pressed``)."""

    text: str
    pressed: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation to play. ``origin`` is its file, ``id`` its id or line there."""

    origin: str
    id: str
    turns: tuple[Said, ...]
    language: str | None = None


def conversations() -> list[Conversation]:
    """Returns the messages, each as a conversation of one turn, then the dialogues, always in the same order."""
    messages = [one for name, count in MESSAGES.items() for one in spread(list(_messages(name)), count)]
    dialogues = [one for name, count in DIALOGUES.items() for one in spread(list(_dialogues(name)), count)]
    return [*messages, *dialogues]


def spread[T](found: Sequence[T], count: int) -> list[T]:
    """Returns ``count`` of ``found`` at equal distances, or all if there are fewer."""
    count = min(count, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def _messages(name: str) -> Iterator[Conversation]:
    for number, line in enumerate((OWN / name).read_text(encoding="utf-8").splitlines(), start=1):
        row = json.loads(line)
        text = " ".join(str(row.get("question") or row["text"]).split())
        if row.get("intent") not in _LEFT_OUT:
            yield Conversation(name, str(row.get("id") or number), (Said(text),))


def _dialogues(name: str) -> Iterator[Conversation]:
    for dialogue in read_dialogues(OWN / name):
        turns = tuple(Said(turn.say or turn.press, pressed=bool(turn.press)) for turn in dialogue.turns)
        yield Conversation(name, dialogue.id, turns, dialogue.language)
