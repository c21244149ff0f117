"""Scores of a fitted linear model, from the few features of a message.

scikit-learn copies the whole weight matrix for each message, and adds its diagonal of idf values up again: nine tenths of the
classifier's time (docs/adr/0030). The probabilities are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


class LinearScores:
    """The scores of ``fitted``: a ``TfidfVectorizer`` (sublinear, of unit length) for each of ``readers``, and a
    ``LogisticRegression`` (``model``) over their features, in this order, and those of a dense vector. A reader turns a message
    into the text on which its vectorizer was fitted.
    """

    def __init__(self, fitted: Mapping[str, Any], readers: Mapping[str, Callable[[str], str]]) -> None:
        model = fitted["model"]
        self.classes = model.classes_
        self._intercept = model.intercept_
        self._weights = np.ascontiguousarray(model.coef_.T)  # one row for each feature
        self._parts = []
        start = 0
        for name, read in readers.items():
            part = fitted[name]
            self._parts.append((read, part.build_analyzer(), part.vocabulary_, part.idf_, start))
            start += len(part.vocabulary_)
        self._dense = self._weights[start:]

    def chances(self, text: str, vector: Any) -> Any:
        """Returns the probability of each of ``classes`` for a message and its dense vector."""
        scores = self._intercept + vector @ self._dense
        for read, analyse, vocabulary, idf, start in self._parts:
            counted = Counter(vocabulary[found] for found in analyse(read(text)) if found in vocabulary)
            if counted:
                features = np.fromiter(counted, np.int64, len(counted))
                values = (1 + np.log(np.fromiter(counted.values(), np.float64, len(counted)))) * idf[features]
                scores = scores + (values / np.linalg.norm(values)) @ self._weights[start + features]
        raised = np.exp(scores - scores.max())
        return raised / raised.sum()
