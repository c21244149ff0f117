"""Fits the confidence model and chooses its thresholds, from questions of the project's own making.

Positives are questions with known entries; negatives are questions that the index cannot answer: the project's
out-of-scope questions, and questions whose entries are withheld (the ranking is computed as if they were not there).
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from core.entry import Entry, passages
from retrieval.confidence import Logistic
from retrieval.engine import RANKED, Engine
from retrieval.evaluation import Question

# Of what is answered, this share is right by the gold, which names the pages that one author or agent had in mind: another
# page may also be right. Measured on service_public_dev: 27 % answered, 76 % of them right, 13 % answered where the right
# pages are withheld; with 0.80 these are 20 %, 77 %, 8 %.
PRECISION = 0.75
CHOICES_SHARE = 0.97  # of the questions whose entry is among the first five, this share gets at least choices


@dataclass(frozen=True)
class Sample:
    """One query's features, whether its first entry is right, whether the first five hold a right one, and its group."""

    features: list[float]
    right: bool
    near: bool
    group: str


def synthetic_questions(entries: Sequence[Entry], count: int, seed: int = 7) -> list[Question]:
    """Queries made from ``entries``: shortened titles, headings with the title, and sentences of the text."""
    chance = random.Random(seed)  # noqa: S311 - reproducible sampling, no secret
    made = []
    for entry in chance.sample(list(entries), min(count, len(entries))):
        texts = [passage.markdown for passage in passages(entry)]
        lines = [line.strip(" -*") for text in texts for line in text.replace(". ", ".\n").splitlines()]
        sentences = [line for line in lines if 40 <= len(line) <= 160]
        words = entry.title.replace("?", " ").split()
        chance.shuffle(words)
        choices = [" ".join(words[: max(2, len(words) * 2 // 3)])]
        if sentences:
            choices.append(chance.choice(sentences))
        made.append(Question(id=entry.id, question=chance.choice(choices), gold=(entry.id,)))
    return made


def sample(engine: Engine, question: Question, collection: str | None, withheld: Collection[str] = ()) -> Sample | None:
    """What the confidence model sees of one question. Entries in ``withheld`` are left out of the ranking."""
    snapshot, ranked, words = engine.rank(question.question, collection=collection, limit=RANKED + len(withheld))
    ids = snapshot.entries.ids
    ranked = [candidate for candidate in ranked if ids[candidate.place] not in withheld][:RANKED]
    if not ranked:
        return None
    found = [ids[candidate.place] for candidate in ranked]
    gold = set(question.gold)
    return Sample(engine.features(snapshot, ranked, words), found[0] in gold, bool(gold & set(found[:5])), question.id)


def fit(samples: Sequence[Sample]) -> Logistic:
    """The logistic model, with thresholds and figures from held-out predictions (5 folds, a question's variants together).

    Raises ``ValueError`` where the samples are too few or all alike.
    """
    if len(samples) < 50 or len({one.right for one in samples}) < 2:
        raise ValueError(f"{len(samples)} samples are too few, or all alike, to fit a confidence model.")
    inputs = np.asarray([one.features for one in samples])
    right = np.asarray([one.right for one in samples], dtype=np.bool_)
    near = np.asarray([one.near for one in samples], dtype=np.bool_)
    means, scales = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 1e-3)
    standard = (inputs - means) / scales
    model = LogisticRegression(C=0.3, max_iter=1000)
    folds = GroupKFold(n_splits=5)
    held_out = cross_val_predict(
        model, standard, right, cv=folds, groups=[one.group for one in samples], method="predict_proba"
    )[:, 1]
    model.fit(standard, right)
    thresholds = choose_thresholds(held_out, right, near)
    return Logistic(
        means=[round(float(value), 5) for value in means],
        scales=[round(float(value), 5) for value in scales],
        coefficients=[round(float(value), 5) for value in model.coef_[0]],
        intercept=round(float(model.intercept_[0]), 5),
        thresholds=thresholds,
        figures={"samples": len(samples), "right": int(right.sum()), **risk_coverage(held_out, right, near, thresholds)},
    )


def choose_thresholds(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    near: NDArray[np.bool_],
) -> dict[str, float]:
    """``answered``: the least confidence from which ``PRECISION`` of the first entries are right;
    ``choices``: the confidence that ``CHOICES_SHARE`` of the questions with a right entry near the top reach."""
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    answered = float(confidence[order][enough[-1]]) if len(enough) else 1.0
    choices = float(np.quantile(confidence[near], 1 - CHOICES_SHARE)) if near.any() else 0.0
    return {"answered": round(answered, 4), "choices": round(min(choices, answered), 4)}


def risk_coverage(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    near: NDArray[np.bool_],
    thresholds: dict[str, float],
) -> dict[str, float]:
    """What the thresholds do: shares of all questions answered and of those right; of hopeless ones turned away."""
    answered = confidence >= thresholds["answered"]
    refused = confidence < thresholds["choices"]
    hopeless = ~near
    figures = {
        "answered": answered.mean(),
        "answered_right": right[answered].mean() if answered.any() else 0.0,
        "hopeless_answered": answered[hopeless].mean() if hopeless.any() else 0.0,
        "hopeless_refused": refused[hopeless].mean() if hopeless.any() else 0.0,
        "near_refused": refused[near].mean() if near.any() else 0.0,
        "brier": ((confidence - right) ** 2).mean(),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}
