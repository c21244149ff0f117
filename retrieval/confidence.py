"""The probability that the first entry is right, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, log1p
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from retrieval.contracts import Decision, Stage
from retrieval.passage_choice import PassageTerms
from retrieval.ranking import Ranked

COMMITTED = Path(__file__).parent / "calibration.json"
FEATURES = ("score", "margin2", "margin5", "lexical", "dense", "head", "agreement", "coverage", "titled", "asked", "length")


class Logistic(BaseModel):
    """A logistic model over ``FEATURES``, standardised by ``means`` and ``scales``, with its thresholds and figures."""

    model_config = ConfigDict(frozen=True)

    means: list[float] = Field(min_length=len(FEATURES), max_length=len(FEATURES))
    scales: list[float] = Field(min_length=len(FEATURES), max_length=len(FEATURES))
    coefficients: list[float] = Field(min_length=len(FEATURES), max_length=len(FEATURES))
    intercept: float
    thresholds: dict[str, float]
    figures: dict[str, float] = Field(default_factory=dict)

    def probability(self, features: Sequence[float]) -> float:
        terms = zip(self.coefficients, features, self.means, self.scales, strict=True)
        total = self.intercept + sum(weight * (value - mean) / scale for weight, value, mean, scale in terms)
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))

    def decide(self, confidence: float) -> Decision:
        if confidence >= self.thresholds["answered"]:
            return "answered"
        return "choices" if confidence >= self.thresholds["choices"] else "no_answer"


class Calibration(BaseModel):
    """One logistic model for each stage of a snapshot. Made by ``./guichet index calibrate``."""

    model_config = ConfigDict(frozen=True)

    features: list[str]
    stages: dict[Stage, Logistic]

    @classmethod
    def read(cls, path: Path = COMMITTED) -> Calibration:
        """Raises ``ValueError`` where the file was made for other features than this version computes."""
        calibration = cls.model_validate_json(path.read_bytes())
        if tuple(calibration.features) != FEATURES:
            raise ValueError(f"{path} was made for other features: run `./guichet index calibrate`.")
        return calibration


def features(
    ranked: Sequence[Ranked],
    query: Sequence[str],
    passages: Sequence[PassageTerms],
    title: Sequence[str],
    rarity: Callable[[str], float],
) -> list[float]:
    """The values of ``FEATURES`` for a ranking that is not empty; ``passages`` and ``title`` are the first entry's.

    ``coverage`` is the share of the query (by rarity of its terms) that the entry's words hold, ``titled`` the share that
    its title holds, ``asked`` the share of the title that the query holds; ``agreement`` is 0 where the first entry is the
    lexical and the dense favourite, and below 0 by what it lacks.
    """
    first = ranked[0]
    below = [candidate.score for candidate in ranked[1:]]
    margin2 = first.score - below[0] if below else first.score
    margin5 = first.score - below[3] if len(below) > 3 else first.score
    best_lexical = max(candidate.lexical for candidate in ranked)
    best_dense = max(candidate.dense for candidate in ranked)
    agreement = -((best_lexical - first.lexical) + (best_dense - first.dense))
    weights = {term: rarity(term) for term in query}
    total = sum(weights.values()) or 1.0
    held = set(title).union(*(passage.text | passage.heading | passage.case for passage in passages))
    coverage = sum(weight for term, weight in weights.items() if term in held) / total
    titled = sum(weight for term, weight in weights.items() if term in set(title)) / total
    named = {term: rarity(term) for term in title}
    asked = sum(weight for term, weight in named.items() if term in weights) / (sum(named.values()) or 1.0)
    shares = [coverage, titled, asked]
    cosine = max(first.head, first.section)
    return [first.score, margin2, margin5, first.lexical, first.dense, cosine, agreement, *shares, log1p(len(weights))]
