"""Fits the confidence model and chooses its thresholds, from questions of the project's own making.

Questions with known entries are asked three times: of the whole index, of the index without their entries, and without the
whole theme of these, as an administration would that does not treat it. What cannot be answered is a negative; so are messages
that are no administration's business.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from core.entry import Entry, passages
from retrieval.confidence import Logistic
from retrieval.engine import RANKED, Engine
from retrieval.evaluation import Question
from retrieval.lexical.analysis import term, words
from retrieval.risk import at_threshold, calibration_error, reliability, risk_coverage

Kind = Literal["asked", "without_entry", "without_theme", "out_of_scope", "other_language"]

# Of what is answered, this share is right by the gold, which names the pages that one author or agent had in mind: another
# page may also be right.
PRECISION = 0.80
# At most this share of the questions whose theme is withheld gets an answer. Chosen on the development sets; answered, right,
# and answered with the theme withheld, the three sets in turn: 0.06 gives .22 .82 .07 / .40 .82 .09 / .29 .96 .06; 0.08 gives
# .29 .82 .08 / .46 .79 .10 / .38 .84 .11; 0.09 gives .33 .84 .09 / .50 .78 .13 / .41 .82 .18; 0.10 .36 .82 .10 / .52 .78 .15 /
# .43 .81 .19.
WITHHELD = 0.09
CHOICES_SHARE = 0.97  # of the questions whose entry is among the first five, this share gets at least choices
FOLDS = 5
# A probability is told for citizens of whom one in four or so asks what no page here answers: in the last step, both ways of
# withholding count this much beside each question that has an answer. Calibration error, in ten bins of equal number, on the
# three sets: .18 .22 .22 without this step, .07 .09 .15 with it.
HOPELESS = 0.15
# What a sample of each kind counts in the fit: most citizens ask what the pages answer, so that a probability should too.
WEIGHTS: dict[Kind, float] = {"asked": 1.0, "without_entry": 0.25, "without_theme": 0.25, "out_of_scope": 0.5}


@dataclass(frozen=True)
class Sample:
    """One query's features, whether its first entry is right, whether the first five hold a right one, and its group.

    ``made`` tells queries made from entries from what people wrote.
    """

    features: list[float]
    right: bool
    near: bool
    group: str
    kind: Kind = "asked"
    made: bool = False


def synthetic_questions(entries: Sequence[Entry], count: int, seed: int = 7) -> list[Question]:
    """Queries made from ``entries``, as people type into a search box: words of the title, a heading with some, the title
    as a question, a sentence of the text."""
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
        made.append(Question(id=f"synthetic-{entry.id}", question=chance.choice(queries), gold=(entry.id,)))
    return made


def sample(
    engine: Engine, question: Question, collection: str | None, withheld: Collection[str] = (), kind: Kind = "asked"
) -> Sample | None:
    """What the confidence model sees of one question while the entries ``withheld`` are not in the index."""
    snapshot, ranked, query = engine.rank(question.question, collection=collection, limit=RANKED, withheld=withheld)
    if not ranked:
        return None
    ids = [snapshot.entries.ids[candidate.place] for candidate in ranked]
    gold = set(question.gold) - set(withheld)
    return Sample(engine.features(snapshot, ranked, query), ids[0] in gold, bool(gold & set(ids[:5])), question.id, kind)


def fit(samples: Sequence[Sample]) -> Logistic:
    """The logistic model, with thresholds and figures from held-out predictions (a question's variants stay together).

    Raises ``ValueError`` where the samples are too few or all alike.
    """
    french = [one for one in samples if one.kind != "other_language"]
    if len(french) < 50 or len({one.right for one in french}) < 2:
        raise ValueError(f"{len(french)} samples are too few, or all alike, to fit a confidence model.")
    odds = np.zeros(len(french))
    groups = [one.group for one in french]
    for train, test in GroupKFold(n_splits=FOLDS).split(groups, groups=groups):
        part = _fitted([french[number] for number in train])
        odds[test] = [part.log_odds(french[number].features) for number in test]
    slope, shift = _straightened(french, odds)
    held_out = 1 / (1 + np.exp(-(slope * odds + shift)))
    fitted = _fitted(french)
    model = fitted.model_copy(
        update={
            "coefficients": [round(slope * weight, 5) for weight in fitted.coefficients],
            "intercept": round(slope * fitted.intercept + shift, 5),
        }
    )
    others = [one for one in samples if one.kind == "other_language"]
    return model.model_copy(update={"offsets": {"others": _offset(model, others)}, **_policy(french, held_out)})


def _fitted(samples: Sequence[Sample]) -> Logistic:
    inputs = np.asarray([one.features for one in samples])
    means, scales = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 1e-3)
    model = LogisticRegression(C=0.3, max_iter=1000)
    model.fit((inputs - means) / scales, [one.right for one in samples], sample_weight=[WEIGHTS[one.kind] for one in samples])
    return Logistic(
        means=[round(float(value), 5) for value in means],
        scales=[round(float(value), 5) for value in scales],
        coefficients=[round(float(value), 5) for value in model.coef_[0]],
        intercept=round(float(model.intercept_[0]), 5),
        thresholds={},
    )


def _straightened(samples: Sequence[Sample], odds: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and shift that make held-out ``odds`` those of what people wrote (Platt): the fit learns from much else besides."""
    weights = [0.0 if one.made or one.kind == "out_of_scope" else 1.0 if one.kind == "asked" else HOPELESS for one in samples]
    line = LogisticRegression(C=10.0).fit(odds[:, None], [one.right for one in samples], sample_weight=weights)
    return float(line.coef_[0][0]), float(line.intercept_[0])


def _offset(model: Logistic, samples: Sequence[Sample]) -> float:
    """What makes the mean confidence of ``samples`` the share that is right: found by bisection; 0 without samples."""
    if not samples:
        return 0.0
    odds = np.asarray([model.log_odds(one.features) for one in samples])
    share = float(np.mean([one.right for one in samples]))
    low, high = -5.0, 5.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if float(np.mean(1 / (1 + np.exp(-odds - middle)))) < share else (low, middle)
    return round((low + high) / 2, 3)


def _policy(samples: Sequence[Sample], confidence: NDArray[np.float64]) -> dict[str, Any]:
    """Thresholds, and what they come to: figures, reliability diagram, risk-coverage curve.

    Made queries take part in the choice, since citizens type key words too; the rest is about what people wrote.
    """

    def of(*kinds: Kind, made: bool = False) -> NDArray[np.bool_]:
        return np.asarray([one.kind in kinds and (made or not one.made) for one in samples], np.bool_)

    right = np.asarray([one.right for one in samples], np.bool_)
    near = np.asarray([one.near for one in samples], np.bool_)
    every = of("asked", made=True)
    thresholds = choose_thresholds(confidence[every], right[every], near[every], confidence[of("without_theme", made=True)])
    asked, theme, entry, outside = of("asked"), of("without_theme"), of("without_entry"), of("out_of_scope")
    point = at_threshold(confidence[asked], right[asked], confidence[theme], thresholds["answered"])
    written = np.asarray([not one.made for one in samples], np.bool_)
    bins = reliability(confidence[written], right[written])
    figures = {
        "samples": len(samples),
        "asked": int(asked.sum()),
        "answered": point.answered,
        "answered_right": point.right,
        "withheld_theme_answered": point.withheld,
        "withheld_entry_answered": _share(confidence[entry] >= thresholds["answered"]),
        "out_of_scope_answered": _share(confidence[outside] >= thresholds["answered"]),
        "out_of_scope_refused": _share(confidence[outside] < thresholds["choices"]),
        "near_refused": _share(confidence[asked & near] < thresholds["choices"]),
        "calibration_error": calibration_error(bins),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
    }
    curve = risk_coverage(confidence[asked], right[asked], confidence[theme])
    return {"thresholds": thresholds, "figures": figures, "reliability": bins, "curve": curve}


def choose_thresholds(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    near: NDArray[np.bool_],
    withheld: NDArray[np.float64],
) -> dict[str, float]:
    """``answered``: the least confidence from which ``PRECISION`` of the first entries are right, and at most ``WITHHELD`` of
    the questions with nothing to find (their confidences: ``withheld``) are answered;
    ``choices``: the confidence that ``CHOICES_SHARE`` of the questions with a right entry near the top reach."""
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    answered = float(confidence[order][enough[-1]]) if len(enough) else 1.0
    if len(withheld):
        answered = max(answered, float(np.quantile(withheld, 1 - WITHHELD)))
    choices = float(np.quantile(confidence[near], 1 - CHOICES_SHARE)) if near.any() else 0.0
    return {"answered": round(answered, 4), "choices": round(min(choices, answered), 4)}


def _share(held: NDArray[np.bool_]) -> float:
    return round(float(held.mean()), 4) if len(held) else 0.0
