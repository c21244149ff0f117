"""Fits the follow-up classifier, from dialogues in which each message also stands as a question of its own (ADR 0069)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import orjson
from pydantic import BaseModel
from sklearn.linear_model import LogisticRegression

from actions.messages.follow_up_classifier import ContextFeatures, context_features, in_context
from actions.replies.style import PAGES
from retrieval.contracts import RetrievalResult, Retriever

DATA = Path(__file__).with_name("dialogues")
FOLDS = 10
_APART = 37  # dialogues between two of other matters
_DIGITS = 2
_C = 10.0
# What a result is worth: the wanted page opened; first among pages to choose from; second or third; behind the wrong page.
_OPENED, _FIRST, _AMONG, _BEHIND = 1.0, 0.8, 0.6, 0.3


class Turn(BaseModel):
    """A citizen's message. ``alone``: what they want, as one question that says all that matters; empty for small talk."""

    text: str
    kind: Literal["first", "follow", "detail", "near", "new", "correct", "return", "talk"]
    alone: str


class Dialogue(BaseModel):
    """The messages of one citizen."""

    id: str
    turns: tuple[Turn, ...]


class Said(NamedTuple):
    """A message after the question ``before``. ``dialogue`` is its number."""

    text: str
    before: str
    alone: str
    dialogue: int


class Example(NamedTuple):
    """The features of a message, and what the results for it alone, and for both, are worth (0 to 1)."""

    features: ContextFeatures
    alone: float
    both: float
    dialogue: int


def read_dialogues(folder: Path = DATA) -> list[Dialogue]:
    """Returns the dialogues in the files of ``folder``."""
    return [
        Dialogue.model_validate_json(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    ]


def later_messages(dialogues: Sequence[Dialogue]) -> Iterator[Said]:
    """Yields the messages of ``dialogues`` after the first, except small talk, each with the question before it."""
    for number, dialogue in enumerate(dialogues):
        began = last = dialogue.turns[0].text
        for turn in dialogue.turns[1:]:
            if turn.kind == "talk":
                continue
            yield Said(turn.text, began if last == began else f"{last} {began}", turn.alone, number)
            last = turn.text
            if turn.kind in ("new", "return"):
                began = turn.text


def first_messages(dialogues: Sequence[Dialogue]) -> Iterator[Said]:
    """Yields the first message of each dialogue, after the question of another one: a citizen who turns to another subject."""
    for number, dialogue in enumerate(dialogues):
        other = dialogues[(number + _APART) % len(dialogues)]
        yield Said(dialogue.turns[0].text, other.turns[0].text, dialogue.turns[0].alone, number)


def examples(
    said: Sequence[Said], retriever: Retriever, collection: str | None, progress: Callable[[int, int], None]
) -> list[Example]:
    """Returns the examples of the messages for which the question ``alone`` finds a page."""
    found = []
    for number, one in enumerate(said, start=1):
        wanted, alone, both = (
            retriever.search(text, collection=collection, limit=PAGES)
            for text in (one.alone, one.text, in_context(one.text, one.before))
        )
        if wanted.hits:
            page = wanted.hits[0].entry_id
            features = context_features(one.text, one.before, alone, both)
            found.append(Example(features, _worth(alone, page), _worth(both, page), one.dialogue))
        progress(number, len(said))
    return found


def fit(found: Sequence[Example]) -> tuple[list[float], float]:
    """Returns the weight of each of the ``ContextFeatures``, and the intercept. An example weighs what the choice changes."""
    values, gains = _arrays(found)
    telling = gains != 0
    model = LogisticRegression(C=_C, max_iter=2000)
    model.fit(values[telling], gains[telling] > 0, sample_weight=np.abs(gains[telling]))
    return model.coef_[0].tolist(), float(model.intercept_[0])


def figures(found: Sequence[Example]) -> dict[str, float]:
    """Returns the mean worth of the results: always alone, always both, the better one by a model of the other dialogues, and
    the better one by hindsight; and the share of messages that the model takes for questions of their own.
    """
    values, _ = _arrays(found)
    folds = np.asarray([one.dialogue % FOLDS for one in found])
    chosen = np.zeros(len(found), np.bool_)
    for fold in range(FOLDS):
        weights, intercept = fit([one for one, own in zip(found, folds, strict=True) if own != fold])
        chosen[folds == fold] = values[folds == fold] @ np.asarray(weights) + intercept >= 0
    alone, both = (np.asarray([one.alone for one in found]), np.asarray([one.both for one in found]))
    told = {
        "alone": alone,
        "both": both,
        "chosen, cross-validated": np.where(chosen, alone, both),
        "best": np.maximum(alone, both),
        "taken for questions of their own": chosen,
    }
    return {name: round(float(each.mean()), 3) for name, each in told.items()}


def write(found: Sequence[Example], path: Path) -> dict[str, float]:
    """Fits all of ``found``, writes the weights to ``path``, and returns the figures stored with them."""
    weights, intercept = fit(found)
    told = {"messages": float(len(found)), **figures(found)}
    named = {name: round(weight, _DIGITS) for name, weight in zip(ContextFeatures._fields, weights, strict=True)}
    content = {"weights": named, "intercept": round(intercept, _DIGITS), "figures": told}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return told


def _worth(result: RetrievalResult, page: str) -> float:
    """Returns what ``result`` is worth to a citizen who wants ``page``."""
    first, *others = [hit.entry_id for hit in (result.hits or result.rejected)[:3]] or [""]
    if result.decision == "answered":
        return _OPENED if first == page else _BEHIND * (page in others)
    return _FIRST if first == page else _AMONG * (page in others)


def _arrays(found: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the features, and how much more the result for the message alone is worth."""
    values = np.asarray([[float(value) for value in one.features] for one in found], np.float64)
    return values, np.asarray([one.alone - one.both for one in found], np.float64)
