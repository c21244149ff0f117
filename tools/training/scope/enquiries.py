"""The project's own questions for an administration: messages, and the names of pages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from core.entry import Entry, passages
from core.yaml_text import load as load_yaml
from retrieval.evaluation import read_questions
from retrieval.terms.analysis import term, words

# Under tests/evaluation: the files for training.
LABELLED = (
    "questions/letters.jsonl",
    "questions/searches.jsonl",
    "questions/messages.jsonl",
    "questions/service_public.jsonl",
    "questions/demonstration.jsonl",
    "passages/dev.jsonl",
    "languages/dev.jsonl",
)
SYNTHETIC = 600


def enquiries(entries: Sequence[Entry], questions: Path, examples: Path) -> list[str]:
    """Returns the files of ``questions``, the dialogue engine's ``examples`` of enquiries (a file of Rasa's), and queries made
    from ``entries``.
    """
    written = [question.question for name in LABELLED for question in read_questions(questions / name)]
    content = load_yaml(examples.read_text(encoding="utf-8"))["nlu"][0]["examples"]
    trained = [line.removeprefix("- ").strip() for line in content.splitlines() if line.startswith("- ")]
    return [*written, *trained, *_made(entries, SYNTHETIC)]


def _made(entries: Sequence[Entry], count: int, seed: int = 7) -> list[str]:
    """Returns queries made from ``entries``, as in a search box: words of the title, a heading with some of them, the title as
    a question, a sentence of the text.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible sampling, no secret
    made = []
    for entry in chance.sample(list(entries), min(count, len(entries))):
        parts = passages(entry)
        headings = [part.headings[-1] for part in parts if part.headings]
        lines = [line.strip(" -*") for part in parts for line in part.markdown.replace(". ", ".\n").splitlines()]
        sentences = [line for line in lines if 40 <= len(line) <= 160]
        content = [word for word in words(entry.title) if term(word)] or [entry.title]
        some = " ".join(chance.sample(content, min(len(content), chance.choice((2, 3, 4)))))
        queries = [some, some, f"{entry.title.rstrip(' ?').lower()} ?"]
        queries += [f"{chance.choice(headings)} {some}"] if headings else []
        queries += [chance.choice(sentences)] if sentences else []
        made.append(chance.choice(queries))
    return made
