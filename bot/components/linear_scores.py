"""Scores of a fitted linear model, from the few features of a message.

scikit-learn copies the whole weight matrix for each message, and adds its diagonal of idf values up again: nine tenths of the
classifier's time (docs/adr/0030). The probabilities are the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


class LinearScores:
    """The scores of ``fitted``: a ``TfidfVectorizer`` (sublinear, of unit length) for each of ``readers``, and a
    ``LogisticRegression`` (``model``) over their features, in this order, and those of a dense vector. A reader turns a message
    into the text on which its vectorizer was fitted.
    """

    def __init__(self, fitted: Mapping[str, Any], preparations: Mapping[str, Callable[[str], str]]) -> None:
        model = fitted["model"]
        self.classes = model.classes_
        self._intercept = model.intercept_
        self._weights = np.ascontiguousarray(model.coef_.T)  # one row for each feature
        self._parts = []
        start = 0
        for name, prepare in preparations.items():
            part = fitted[name]
            self._parts.append((prepare, part.build_analyzer(), part.vocabulary_, part.idf_, start))
            start += len(part.vocabulary_)
        self._dense = self._weights[start:]

    def probabilities(self, text: str, vector: Any) -> Any:
        """Returns the probability of each of ``classes`` for a message and its dense vector."""
        scores = self._intercept + vector @ self._dense
        for prepare, analyse, vocabulary, idf, start in self._parts:
            counts = Counter(vocabulary[term] for term in analyse(prepare(text)) if term in vocabulary)
            if counts:
                features = np.fromiter(counts, np.int64, len(counts))
                values = (1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))) * idf[features]
                scores = scores + (values / np.linalg.norm(values)) @ self._weights[start + features]
        exponentials = np.exp(scores - scores.max())
        return exponentials / exponentials.sum()
