"""The probability that the first entry is right, and the decision that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import exp, log1p
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from retrieval.contracts import Decision, Stage
from retrieval.decision.risk import Bin, Point
from retrieval.query.query import Query
from retrieval.ranking.fusion import Ranked
from retrieval.ranking.reranker import VALUES

COMMITTED = Path(__file__).parent / "calibration.json"
# Chosen on service_public_dev, code_du_travail_dev and everyday.jsonl. ADR 0046 lists the effect of each.
FEATURES = ("posterior", "margin", "titled", "asked", "unknown", "length", "unmatched", "nearest", "head")
SURE = 1 / 3  # of the way from the threshold to certainty
MARGIN = 10.0  # a longer lead adds no information
LOOKED_AT = 10  # entries; their order shows how sure the first one is


class Logistic(BaseModel):
    """A logistic model over ``FEATURES``, standardised by ``means`` and ``scales``, with its thresholds and figures.

    ``offsets`` are added for a query in another language, in log-odds. ``others`` is for languages without an offset of their
    own. ``reliability`` and ``curve`` show how reliable the confidence is on questions that the model was not fitted on.
    """

    model_config = ConfigDict(frozen=True)

    means: list[float] = Field(min_length=len(FEATURES), max_length=len(FEATURES))
    scales: list[float] = Field(min_length=len(FEATURES), max_length=len(FEATURES))
    coefficients: list[float] = Field(min_length=len(FEATURES), max_length=len(FEATURES))
    intercept: float
    offsets: dict[str, float] = Field(default_factory=dict)
    thresholds: dict[str, float]
    figures: dict[str, float] = Field(default_factory=dict)
    reliability: list[Bin] = Field(default_factory=list)
    curve: list[Point] = Field(default_factory=list)

    def log_odds(self, features: Sequence[float], language: str = "fr") -> float:
        terms = zip(self.coefficients, features, self.means, self.scales, strict=True)
        total = self.intercept + sum(weight * (value - mean) / scale for weight, value, mean, scale in terms)
        return total if language == "fr" else total + self.offsets.get(language, self.offsets.get("others", 0.0))

    def probability(self, features: Sequence[float], language: str = "fr") -> float:
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.log_odds(features, language)))))

    def decide(self, confidence: float) -> Decision:
        if confidence >= self.thresholds["answered"]:
            return "answered"
        return "choices" if confidence >= self.thresholds["choices"] else "no_answer"

    def sure(self, confidence: float) -> bool:
        """Decides whether a page answers so surely that the query counts as a question for this service, whatever else it looks
        like.
        """
        answered = self.thresholds["answered"]
        return confidence >= answered + (1 - answered) * SURE


class Calibration(BaseModel):
    """The weights of ``order.VALUES`` and a logistic model for each stage of a snapshot, and how often each theme is asked
    about.

    ``./guichet index calibrate`` writes it.
    """

    model_config = ConfigDict(frozen=True)

    values: list[str]
    themes: dict[str, float] = Field(default_factory=dict)
    orders: dict[Stage, list[float]]
    features: list[str]
    stages: dict[Stage, Logistic]

    @classmethod
    def empty(cls) -> Calibration:
        """Returns a calibration without any stage."""
        return cls(values=list(VALUES), orders={}, features=list(FEATURES), stages={})

    @classmethod
    def read(cls, path: Path = COMMITTED) -> Calibration:
        """Reads a calibration. Raises ``ValueError`` if the file was made for other values or features than this version
        computes.
        """
        calibration = cls.model_validate_json(path.read_bytes())
        if (tuple(calibration.values), tuple(calibration.features)) != (VALUES, FEATURES):
            raise ValueError(f"{path} was made for other features: run `./guichet index calibrate`.")
        return calibration


def features(
    ranked: Sequence[Ranked], query: Query, names: Sequence[Collection[str]], rarity: Callable[[str], float]
) -> list[float]:
    """Returns the values of ``FEATURES`` for a ranking that is not empty.

    ``names`` holds the terms of the first entry's title, and of each of its other wordings.

    ``posterior`` is the share of the first entry, whose scores are log-odds. ``margin`` is its lead over the fifth. ``titled``
    is the share of the query (by rarity of its terms) that its title holds, or another wording that holds more. ``asked`` is
    the share of the title that the query or its synonyms hold. ``unknown`` is the share of the query's terms that occur
    nowhere, ``unmatched`` of those that the entry does not hold. ``nearest`` and ``head`` are the cosines of its best text and
    of its title.
    """
    first = ranked[0]
    lead = [first.score - candidate.score for candidate in ranked[:LOOKED_AT]]
    weights = {term: rarity(term) for term in query.terms}
    called = max(sum(weight for term, weight in weights.items() if term in name) for name in names)
    total = sum(weights.values()) or 1.0
    unheard = rarity(" ")  # no term is a space
    return [
        1.0 / sum(exp(-behind) for behind in lead),
        min(lead[:5][-1], MARGIN),
        called / total,
        first.titled,
        sum(weight for weight in weights.values() if weight >= unheard) / total,
        log1p(len(weights)),
        first.unmatched,
        max(first.section, first.head),
        first.head,
    ]
