"""A message's words read from spaCy without what no component of ``config.yml`` asks for.

Rasa 3.6 looks for a tag of its own on each word, fetches each word's vector by itself and asks each whether it is all zeros.
The vectors and tokens are the same, to the last bit. Written for Rasa 3.6.21 and spaCy 3.8.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.featurizers.dense_featurizer.spacy_featurizer import SpacyFeaturizer
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from spacy.tokens import Doc

_aggregate_slowly = DenseFeaturizer.aggregate_sequence_features


def hurry_words() -> None:
    """From now on, in this process."""
    SpacyTokenizer._tag_of_token = staticmethod(attrgetter("tag_"))  # nobody gives a token an extension "tag"
    SpacyFeaturizer._features_for_doc = _vectors
    SpacyFeaturizer.aggregate_sequence_features = staticmethod(_aggregate)


def _vectors(_: SpacyFeaturizer, doc: Doc) -> Any:
    """A row for each word of ``doc``; zeros for one that has no vector."""
    vectors = doc.vocab.vectors
    rows = np.asarray(vectors.find(keys=[token.orth for token in doc if not token.is_space]), dtype=np.int64)
    found = vectors.data[rows]
    found[rows < 0] = 0
    return found


def _aggregate(words: Any, pooling: str, only_non_zero_vectors: bool = True) -> Any:
    """As Rasa has it; which rows are not all zeros is asked once."""
    if only_non_zero_vectors and (told := words[words.any(axis=1)]).size:
        return _aggregate_slowly(told, pooling, only_non_zero_vectors=False)
    return _aggregate_slowly(words, pooling, only_non_zero_vectors)
