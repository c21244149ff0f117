"""Decides by its meaning whether a message is about a danger.

The dialogue's classifier sees letters, words and word vectors: "où jeter mes médicaments" resembled "où dormir cette nuit".
A support vector machine on the retrieval encoder's vectors separates them. It is used if the classifier says danger and no
pattern of ``core.care`` matches. A second model of the same kind examines each sentence of a long message: classifiers of
whole messages miss dangers told in passing. Results are in docs/care.md.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.care import Care, DangerJudgement, SentencesToJudge
from retrieval.contracts import Embedder, Vectors, model_id

COMMITTED = Path(__file__).with_name("danger.npz")
SENTENCES = Path(__file__).with_name("sentences.npz")
# Threshold of the margin, chosen on tests/evaluation/care and nlu, which are not trained on. Of 150 dangers there without a
# matching pattern, -.3 and -.2 lose five, -.15 nine; of 93 everyday statements not in the training data 11, 8 and 6 are
# confirmed (docs/care.md).
LEAST = -0.2
# The same for a sentence in which a pattern matches a danger. Patterns are wrong less often than the classifier: only sentences
# far from any danger are rejected (docs/care.md).
LEAST_OF_ALARM = -0.6
# For a message's nearest sentence, averaged with the mean of all: of ten everyday sentences one comes near a danger more often
# than of two. Chosen by cross-validation on the training data (docs/care.md).
LEAST_TOLD = -0.7
# The same average from which a danger that no pattern matches is sure; where one matches, ``LEAST_TOLD`` is enough. Of 98
# dangers heard by their meaning alone 73 are sure, of 27 everyday messages 6; of 205 with a pattern 200, of 26 everyday ones 13
# (docs/care.md).
SURE_TOLD = -0.2
# The kind of a sentence is that of its nearest examples, with a narrower kernel than the margin's; a second kind that is about
# as near counts too.
_KIND_GAMMA, _AS_NEAR = 20.0, 0.25


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A support vector machine with a radial basis function of width ``gamma``: ``vectors`` (n, dimension) of unit length and
    their ``weights`` (n,).

    ``kinds`` (n), if known: the kind of danger of each vector; empty for a vector without danger.
    """

    encoder: str
    vectors: Vectors
    weights: NDArray[np.float32]
    intercept: float
    gamma: float
    kinds: tuple[str, ...] = ()

    def margins(self, messages: Vectors) -> NDArray[np.float32]:
        """Returns the margin of each row of ``messages`` (k, dimension), unit length: positive for a danger."""
        distances = 2.0 - 2.0 * (messages @ self.vectors.T)
        return np.asarray(np.exp(-self.gamma * distances) @ self.weights + self.intercept, dtype=np.float32)

    def confirms(self, text: str, embed: Callable[[str], Vectors]) -> bool:
        """Decides by its meaning whether ``text`` is about a danger. ``embed`` returns the vector of a query."""
        return bool(self.margins(embed(as_learnt(text))[None, :])[0] >= LEAST)

    def judge(self, asked: SentencesToJudge, embed: Callable[[Sequence[str]], Vectors]) -> DangerJudgement:
        """Returns the meaning of the sentences of a long message. ``embed`` returns vectors (n, dimension) of unit length."""
        vectors = embed([as_learnt(sentence) for sentence in (*asked.alarmed, *asked.others)])
        margins = self.margins(vectors)
        confirmed = not asked.alarmed or bool((margins[: len(asked.alarmed)] >= LEAST_OF_ALARM).any())
        nearness = margins.max() + margins.mean()
        kinds = self._kinds_of(vectors[margins.argmax()]) if nearness >= LEAST_TOLD else ()
        return DangerJudgement(confirmed, kinds, bool(nearness >= (LEAST_TOLD if asked.alarmed else SURE_TOLD)))

    def _kinds_of(self, message: NDArray[np.float32]) -> tuple[Care, ...]:
        near = np.exp(2 * _KIND_GAMMA * (self.vectors @ message - 1.0))
        shares = defaultdict[str, float](float)
        for kind, share in zip(self.kinds, near, strict=True):
            if kind:
                shares[kind] += float(share)
        first, *rest = sorted(shares, key=shares.__getitem__, reverse=True)
        # The line against suicide does not help a person threatened by somebody else.
        unfit = {Care.SUICIDE} if first == Care.VIOLENCE else set[Care]()
        return Care(first), *(Care(kind) for kind in rest[:1] if shares[kind] >= _AS_NEAR * shares[first] and kind not in unfit)


def as_learnt(text: str) -> str:
    """Returns ``text`` without capitals: SMS often have none, and frightened people may write everything in capitals."""
    return text.lower()


def read(embedder: Embedder, path: Path = COMMITTED) -> SecondLook | None:
    """Returns the model at ``path`` if it was fitted on this encoder, else ``None``: then the classifier alone decides.

    Raises ``ValueError`` or ``OSError`` if the file is not one of ours.
    """
    with np.load(path, allow_pickle=False) as content:
        if str(content["encoder"]) != model_id(embedder):
            return None
        intercept, gamma = (float(number) for number in content["numbers"])
        vectors = content["vectors"].astype(np.float32) * content["steps"][:, None]
        kinds = tuple(map(str, content["kinds"])) if "kinds" in content else ()
        return SecondLook(str(content["encoder"]), vectors, content["weights"], intercept, gamma, kinds)


def confirmer(model: SecondLook, embedder: Embedder, embed: Callable[[str], Vectors] | None = None) -> Callable[[str], bool]:
    """Returns a function that decides by ``model`` whether a text is about a danger.

    ``embed``: embeds a query as a turn does, with a cache; by default ``embedder`` without a cache.
    """
    return partial(model.confirms, embed=embed or (lambda text: embedder.embed_queries([text])[0]))
