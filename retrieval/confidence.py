"""The probability that the first entry is right, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import exp, log1p
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from retrieval.contracts import Decision, Stage
from retrieval.lexical.query import Query
from retrieval.order import VALUES
from retrieval.ranking import Ranked
from retrieval.risk import Bin, Point

COMMITTED = Path(__file__).parent / "calibration.json"
# Chosen on service_public_dev, code_du_travail_dev and everyday.jsonl: ADR 0046 has what each of them gives.
FEATURES = ("posterior", "margin", "titled", "asked", "unknown", "length", "unmatched", "nearest", "head")
SURE = 1 / 3  # of the way from the threshold to certainty
MARGIN = 10.0  # a longer lead says no more
LOOKED_AT = 10  # entries, whose order tells how sure the first one is


class Logistic(BaseModel):
    """A logistic model over ``FEATURES``, standardised by ``means`` and ``scales``, with its thresholds and figures.

    ``offsets`` are added for a query in another language, in log-odds; ``others`` holds for languages without an own one.
    ``reliability`` and ``curve`` show, on questions that it was not fitted on, what a confidence is worth.
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
        """Decides whether a page answers so surely that the query is a question for this service, whatever it looks like."""
        answered = self.thresholds["answered"]
        return confidence >= answered + (1 - answered) * SURE


class Calibration(BaseModel):
    """For each stage of a snapshot the weights of ``order.VALUES`` and a logistic model; how much is asked about each theme.

    Made by ``./guichet index calibrate``.
    """

    model_config = ConfigDict(frozen=True)

    values: list[str]
    themes: dict[str, float] = Field(default_factory=dict)
    orders: dict[Stage, list[float]]
    features: list[str]
    stages: dict[Stage, Logistic]

    @classmethod
    def empty(cls) -> Calibration:
        """One for no stage yet."""
        return cls(values=list(VALUES), orders={}, features=list(FEATURES), stages={})

    @classmethod
    def read(cls, path: Path = COMMITTED) -> Calibration:
        """Raises ``ValueError`` where the file was made for other values or features than this version computes."""
        calibration = cls.model_validate_json(path.read_bytes())
        if (tuple(calibration.values), tuple(calibration.features)) != (VALUES, FEATURES):
            raise ValueError(f"{path} was made for other features: run `./guichet index calibrate`.")
        return calibration


def features(
    ranked: Sequence[Ranked], query: Query, names: Sequence[Collection[str]], rarity: Callable[[str], float]
) -> list[float]:
    """Returns the values of ``FEATURES`` for a ranking that is not empty.

    ``names`` hold the terms of the first entry's title, and of each of its other wordings.

    ``posterior`` is the share of the first entry, whose scores are log-odds; ``margin`` its lead over the fifth; ``titled`` the
    share of the query (by rarity of its terms) that its title holds, or another wording that holds more, ``asked`` the share
    of the title that the query or its synonyms hold; ``unknown`` the share of the query in terms that occur nowhere,
    ``unmatched`` in terms that the entry does not hold; ``nearest`` and ``head`` the cosines of its best text and of its title.
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
