"""Decides whether a message is a question for an administration: a linear model over its vector and the rarity of its terms.

An index cannot tell: "quel vin avec le foie gras" is near some page, and so is a question on a theme that the service does not
treat. The first is ``outside`` (out of scope), the second a question without an answer here. A ``fragment`` ("et c'est
obligatoire ?") cannot be answered before its subject is known.

The weights are for one encoder. With another one, everything is an ``enquiry`` until ``./guichet train scope`` has run.
"""

from collections.abc import Callable
from math import log1p
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from retrieval.contracts import Scope, Vectors
from retrieval.query.query import Query

COMMITTED = Path(__file__).with_name("scope.json")
CLASSES: tuple[Scope, ...] = ("enquiry", "fragment", "outside")
# Least probability of each class. Chosen on tests/evaluation/questions/out_of_scope.jsonl and the real questions, none fitted
# on: docs/adr/0020.
LEAST = {"outside": 0.55, "fragment": 0.5}
_VECTOR = 6.0  # weight of a unit vector; the other values are about 1


class ScopeModel(BaseModel):
    """The model. ``coefficients`` has a row for each of ``CLASSES``; ``encoder`` is the model and revision that they were
    fitted on.
    """

    model_config = ConfigDict(frozen=True)

    encoder: str
    coefficients: list[list[float]]
    intercepts: list[float]
    figures: dict[str, float] = {}

    def probabilities(self, values: Vectors) -> dict[Scope, float]:
        """Returns the probability of each class, for the ``features`` of a message."""
        odds = np.asarray(self.coefficients) @ values + np.asarray(self.intercepts)
        shares = np.exp(odds - odds.max())
        return dict(zip(CLASSES, (shares / shares.sum()).tolist(), strict=True))

    def judge(self, values: Vectors) -> Scope:
        """Returns ``enquiry`` unless another class is likely enough."""
        found = self.probabilities(values)
        return next((name for name in ("outside", "fragment") if found[name] >= LEAST[name]), "enquiry")


def features(query: Query, vector: Vectors, rarity: Callable[[str], float]) -> Vectors:
    """Returns the message's vector, followed by the number of its terms, the rarity of the rarest and of all together, and its
    length.

    Rarities are relative to that of an unknown term, so that they do not depend on the size of the knowledge base.
    """
    unheard = rarity(" ")  # no term is a space
    found = [rarity(term) / unheard for term in set(query.terms)] or [0.0]
    of_words = [len(set(query.terms)) / 5, max(found), sum(found) / 5, log1p(len(query.text)) / 4]
    return np.concatenate((vector * _VECTOR, np.asarray(of_words))).astype(np.float32)


def read(encoder: str, *paths: Path) -> ScopeModel | None:
    """Returns the first model in ``paths`` that was fitted on this ``encoder``; ``None`` if there is none.

    Raises ``ValueError`` if a file is not such a model.
    """
    found = (ScopeModel.model_validate_json(path.read_bytes()) for path in paths if path.exists())
    return next((model for model in found if model.encoder == encoder), None)
