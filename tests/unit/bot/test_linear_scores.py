"""The classifier's quick way to the probabilities of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.components.linear_scores import LinearScores

_TEXTS = ["bonjour", "bonsoir madame", "je veux un passeport", "ou refaire mon passeport", "merci beaucoup", "merci bien merci"]
_INTENTS = ["greet", "greet", "enquiry", "enquiry", "thank", "thank"]


@pytest.mark.parametrize("text", ["bonjour un passeport", "Merci merci merci", "xyz", "", "?"])
def test_they_are_those_of_scikit_learn(text: str) -> None:
    vectors = np.random.default_rng(3).normal(size=(len(_TEXTS) + 1, 4))
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), lowercase=False, sublinear_tf=True).fit(_TEXTS)
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", lowercase=False, sublinear_tf=True).fit(_TEXTS)

    def features(texts: list[str], dense: object) -> csr_matrix:
        return hstack([letters.transform(texts), words.transform(texts), csr_matrix(dense)]).tocsr()

    model = LogisticRegression(C=20).fit(features(_TEXTS, vectors[:-1]), _INTENTS)
    scores = LinearScores({"letters": letters, "words": words, "model": model}, {"letters": str.lower, "words": str.lower})
    assert list(scores.classes) == ["enquiry", "greet", "thank"]
    expected = model.predict_proba(features([text.lower()], vectors[-1:]))[0]
    assert scores.probabilities(text, vectors[-1]) == pytest.approx(expected, abs=1e-12)
