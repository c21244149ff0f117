"""Fits the follow-up classifier, from dialogues and from first messages placed after any page."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
from sklearn.linear_model import LogisticRegression

from actions.messages.follow_up_classifier import FollowUpFeatures, follow_up_features
from actions.messages.follow_up_parser import as_follow_up
from actions.replies.style import PAGES
from core.entry import Entry
from retrieval.contracts import Retriever

FOLDS = 8
_FIRSTS = {"theme": "first messages, same theme", "other": "first messages, any page"}
_DIGITS = 2
# The weight of a follow-up, since conversations have more of them than these examples (others weigh 1). Cross-validated,
# follow-ups, changes, first messages of the same theme and of any: 4 .939 .931 .982 .989; 6 .952 .931 .978 .986; 8 .961 .931
# .974 .984; 12 .968 .920 .970 .980. With more weight "je veux divorcer" after a page on stamps is taken for a follow-up.
_HEAVIER = 6.0
_C = 10.0


class Said(NamedTuple):
    """A message after an answer from the entry ``after``. ``source`` is its dialogue or set."""

    text: str
    after: str
    is_follow_up: bool
    source: str


class Example(NamedTuple):
    """The features of one message."""

    text: str
    signs: FollowUpFeatures
    is_follow_up: bool
    source: str


def firsts(asked: Iterable[tuple[str, Sequence[str]]], entries: Sequence[Entry]) -> list[Said]:
    """Returns each message of ``asked`` (with the ids of the pages that answer it) after a page of the same theme, and after
    any other.

    Pages that answer it, or are next to one that does, are left out: after them it may really be a follow-up.
    """
    chance = random.Random(1)  # noqa: S311 - reproducible sampling, no secret
    known = {entry.id: entry for entry in entries}
    found = []
    for text, gold in asked:
        near = {link.entry for name in gold if name in known for link in known[name].related} | set(gold)
        themes = {known[name].theme[:1] for name in gold if name in known}
        far = [entry for entry in entries if entry.id not in near]
        for source, among in (("theme", [entry for entry in far if entry.theme[:1] in themes]), ("other", far)):
            if among and themes:
                found.append(Said(text, chance.choice(among).id, False, source))
    return found


def examples(
    turns: Sequence[Said], retriever: Retriever, collection: str, progress: Callable[[int, int], None]
) -> list[Example]:
    """Returns the examples of those ``turns`` whose page is in the index, with the features of the dialogue."""
    found = []
    for number, said in enumerate(turns, start=1):
        entry = retriever.entry(said.after, collection)
        if entry is not None:
            alone = retriever.search(said.text, collection=collection, limit=PAGES)
            behind = retriever.search(f"{entry.title} {said.text}", collection=collection, limit=PAGES)
            hanging = as_follow_up(said.text, entry)
            told = follow_up_features(said.text, entry, hanging, alone, retriever.spoken(entry, hanging.unexplained_terms))
            found.append(Example(said.text, told._replace(with_page=behind.confidence), said.is_follow_up, said.source))
        progress(number, len(turns))
    return found


def fit(found: Sequence[Example]) -> tuple[list[float], float]:
    """Returns the weight of each of ``FollowUpFeatures``, and the intercept."""
    values, hanging = _arrays(found)
    model = LogisticRegression(C=_C, max_iter=3000).fit(values, hanging, sample_weight=np.where(hanging, _HEAVIER, 1.0))
    return model.coef_[0].tolist(), float(model.intercept_[0])


def right(found: Sequence[Example], weights: Sequence[float], intercept: float) -> dict[str, float]:
    """Returns the share classified rightly at .5: of follow-ups, of changes in dialogues, and of each kind of first
    messages.
    """
    values, hanging = _arrays(found)
    told = (values @ np.asarray(weights) + intercept >= 0) == hanging
    kinds = np.asarray([_kind(one) for one in found])
    return {kind: round(float(told[kinds == kind].mean()), 3) for kind in sorted(set(kinds.tolist()))}


def cross_validated(found: Sequence[Example]) -> dict[str, float]:
    """Returns the shares of ``right``, each eighth of the dialogues and first messages judged by a model of the others."""
    counts: dict[str, list[float]] = {}
    of = _folds(found)
    for fold in range(FOLDS):
        weights, intercept = fit([one for one, own in zip(found, of, strict=True) if own != fold])
        judged = [one for one, own in zip(found, of, strict=True) if own == fold]
        for kind, share in right(judged, weights, intercept).items():
            counts.setdefault(kind, []).extend([share] * sum(_kind(one) == kind for one in judged))
    return {kind: round(float(np.mean(shares)), 3) for kind, shares in sorted(counts.items())}


def write(found: Sequence[Example], path: Path) -> dict[str, object]:
    """Fits all of ``found``, writes the weights to ``path``, and returns the figures stored with them."""
    weights, intercept = fit(found)
    figures: dict[str, object] = {"messages": len(found), "right, cross-validated": cross_validated(found)}
    named = {name: round(weight, _DIGITS) for name, weight in zip(FollowUpFeatures._fields, weights, strict=True)}
    content = {"weights": named, "intercept": round(intercept, _DIGITS), "figures": figures}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return figures


def _kind(example: Example) -> str:
    return "follow-ups" if example.is_follow_up else _FIRSTS.get(example.source, "changes")


def _folds(found: Sequence[Example]) -> list[int]:
    """Returns the fold of each example. A dialogue stays in one fold, and so does a first message with all its pages."""
    names = [one.text if one.source in _FIRSTS else one.source for one in found]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [numbers[name] % FOLDS for name in names]


def _arrays(found: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray([[float(sign) for sign in one.signs] for one in found], np.float64)
    return values, np.asarray([one.is_follow_up for one in found], np.bool_)
