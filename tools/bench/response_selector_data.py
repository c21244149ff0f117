"""The data for Rasa's ResponseSelector to choose among pages: a sub-intent for each page, its title as the response."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from core.entry import Entry

INTENT = "faq"
LONGEST = 45  # words of an example; each is padded to the longest of its batch
_SENTENCE = re.compile(r"(?<=[.?!:;])\s+")
_MARKUP = str.maketrans("[]{}", "()()")  # these characters mark entities and slots in Rasa


def examples(entry: Entry) -> list[str]:
    """Returns the entry's title, its other wordings, and the sentences of its description, each once."""
    texts = [entry.title, *entry.wordings, *_SENTENCE.split(_line(entry.description))]
    lines = dict.fromkeys(_line(text) for text in texts)
    return [line for number, line in enumerate(lines) if number == 0 or 3 <= len(line.split()) <= LONGEST]


def write_data(folder: Path, entries: Iterable[Entry], pipeline: Sequence[dict[str, Any]]) -> None:
    """Writes ``config.yml``, ``domain.yml`` and ``nlu.yml``, equal for equal entries; sub-intents are named by place."""
    folder.mkdir(parents=True, exist_ok=True)
    intents, responses = [], {}
    for place, entry in enumerate(entries):
        name = sub_intent(place)
        intents.append({"intent": name, "examples": "".join(f"- {line}\n" for line in examples(entry))})
        responses[f"utter_{name}"] = [{"text": _line(entry.title)}]
    config = {"recipe": "default.v1", "assistant_id": "titles", "language": "fr", "pipeline": list(pipeline), "policies": []}
    _write(folder / "config.yml", config)
    _write(folder / "domain.yml", {"version": "3.1", "intents": [INTENT], "responses": responses})
    _write(folder / "nlu.yml", {"version": "3.1", "nlu": intents})


def sub_intent(place: int) -> str:
    """Returns the name of the entry at ``place``; its id may contain characters with a meaning in Rasa."""
    return f"{INTENT}/{place}"


def ranked(answer: dict[str, Any], ids: Sequence[str]) -> list[str]:
    """Returns the entries of an answer of ``selector`` (tools.rasa_scripts), best first. Raises ``ValueError``."""
    try:
        return [ids[int(name.removeprefix(f"{INTENT}/"))] for name in answer["ranking"]]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not an answer of the response selector: {answer}") from error


def _line(text: str) -> str:
    return " ".join(text.translate(_MARKUP).split())


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
