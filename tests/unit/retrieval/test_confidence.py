"""Confidence and the policy that follows from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.decision.confidence import COMMITTED, FEATURES, Calibration, Logistic, features
from retrieval.query.query import Query
from retrieval.ranking.fusion import Ranked
from retrieval.ranking.reranker import VALUES
from retrieval.terms.analysis import terms
from tests.unit.retrieval.samples import IDENTITY
from tools.training.calibration import PRECISION, WITHHELD, Sample, choose_thresholds, fit

WIDTH = len(FEATURES)
MODEL = Logistic(
    means=[0.0] * WIDTH,
    scales=[1.0] * WIDTH,
    coefficients=[1.0] + [0.0] * (WIDTH - 1),
    intercept=0.0,
    thresholds={"answered": 0.7, "choices": 0.3},
)


def ranked(score: float) -> Ranked:
    return Ranked(place=0, score=score, lexical=score / 2, dense=score / 2, head=0.8, section=0.9, nearest=0)


@pytest.mark.parametrize(
    ("confidence", "decision"), [(0.7, "answered"), (0.69, "choices"), (0.3, "choices"), (0.29, "no_answer")]
)
def test_decisions_follow_the_thresholds(confidence: float, decision: str) -> None:
    assert MODEL.decide(confidence) == decision


def test_probabilities_stay_within_bounds() -> None:
    rest = [0.0] * (WIDTH - 1)
    assert MODEL.probability([0.0, *rest]) == 0.5
    assert 0 < MODEL.probability([-1e9, *rest]) < 1e-6
    assert 1 - 1e-6 < MODEL.probability([1e9, *rest]) < 1


def test_features_know_how_much_query_and_title_share() -> None:
    def measure(query: str) -> dict[str, float]:
        asked = Query(query, terms(query))
        values = features(
            [replace(ranked(4), titled=0.75, unmatched=0.25), ranked(3)],
            asked,
            [terms(IDENTITY.title), terms("où est passée ma carte")],
            lambda name: 2.0 if name in (" ", "tart") else 1.0,
        )
        return dict(zip(FEATURES, values, strict=True))

    told, foreign = measure(IDENTITY.title), measure("recette de la tarte")
    assert told["titled"] == pytest.approx(1)
    assert (told["asked"], told["unmatched"]) == (0.75, 0.25)
    assert (told["nearest"], told["head"]) == (0.9, 0.8)
    assert told["margin"] == 1
    assert 0.5 < told["posterior"] < 1
    assert foreign["titled"] == 0
    assert 0 < foreign["unknown"] < 1
    assert measure("?")["length"] == 0
    assert measure("ma carte est passée où")["titled"] == pytest.approx(1)  # another wording says it all


def test_another_language_has_its_own_offset() -> None:
    model = MODEL.model_copy(update={"offsets": {"others": -2.0, "en": 1.0}})
    rest = [0.0] * WIDTH
    assert model.log_odds(rest, "fr") == 0
    assert model.log_odds(rest, "en") == 1
    assert model.log_odds(rest, "tr") == -2


def test_fitting_finds_what_tells_right_from_wrong() -> None:
    chance = np.random.default_rng(5)
    samples = [
        Sample(
            [float(chance.normal(2.0 if right else -2.0)), *chance.normal(size=WIDTH - 1).tolist()], right, right, str(number)
        )
        for number in range(200)
        for right in (number % 2 == 0,)
    ]
    model = fit(samples)
    rest = [0.0] * (WIDTH - 1)
    assert model.probability([3.0, *rest]) > 0.9 > 0.1 > model.probability([-3.0, *rest])
    assert model.figures["answered_right"] >= PRECISION
    with pytest.raises(ValueError, match="too few"):
        fit(samples[:10])


def test_thresholds_keep_the_promised_precision_and_refuse_what_is_withheld() -> None:
    confidence = np.linspace(1, 0, 100)
    right = np.asarray([number < 50 for number in range(100)], np.bool_)
    nothing = np.zeros(0)
    lenient = choose_thresholds(confidence, right, right, nothing)
    assert right[confidence >= lenient["answered"]].mean() >= PRECISION
    withheld = np.linspace(1, 0, 50)
    strict = choose_thresholds(confidence, right, right, withheld)
    assert strict["answered"] > lenient["answered"]
    assert (withheld >= strict["answered"]).mean() <= WITHHELD + 0.02
    assert strict["choices"] <= strict["answered"]


def test_the_committed_calibration_fits_this_version() -> None:
    calibration = Calibration.read(COMMITTED)
    assert set(calibration.stages) == {"titles", "full"}
    assert all(len(weights) == len(VALUES) for weights in calibration.orders.values())
    for model in calibration.stages.values():
        assert 0 < model.thresholds["choices"] < model.thresholds["answered"] < 1
        assert model.figures["samples"] > 500


def test_a_calibration_for_other_features_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(Calibration(values=list(VALUES), orders={}, features=["score"], stages={"full": MODEL}).model_dump_json())
    with pytest.raises(ValueError, match="calibrate"):
        Calibration.read(path)
