"""Whether a message that looks like a danger by its letters and words is one by its meaning.

The classifier of the dialogue knows letters, words and word vectors: to it, "où jeter mes médicaments" looked like "où dormir
cette nuit". A support vector machine over the retrieval encoder's vectors sees them apart. It is asked where the classifier
says danger and no pattern of ``core.care`` does. A second one, of the same making, looks at each sentence of a long message:
where people tell a danger in passing, no classifier of whole messages hears it. What they brought is in docs/care.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.care import Asked, Care, Meant
from retrieval.contracts import Embedder, Vectors
from retrieval.dense.vectors import model_id

COMMITTED = Path(__file__).with_name("danger.npz")
SENTENCES = Path(__file__).with_name("sentences.npz")
# Of the margin; chosen on tests/evaluation/care and nlu, none of which is trained on: of 150 dangers there that no pattern sees
# -.3 and -.2 lose five, -.15 nine; of 93 everyday statements that taught nothing 11, 8 and 6 are confirmed (docs/care.md).
LEAST = -0.2
# The same for a sentence that a pattern takes for a danger. Patterns are wrong less often than the classifier: only what is
# far from any danger is taken back (docs/care.md).
LEAST_OF_ALARM = -0.6
# Of a message's nearest sentence, with the mean of all: of ten sentences about everyday life one comes near to a
# danger more often than of two. Chosen by cross-validation on what it learns from (docs/care.md).
LEAST_TOLD = -0.7
# A sentence's kind is told by its nearest examples, nearer ones than the margin looks at; a second kind that is about as near
# is told too.
_KIND_GAMMA, _AS_NEAR = 20.0, 0.25


@dataclass(frozen=True, slots=True)
class SecondLook:
    """``vectors`` (n, dimension) of unit length and their ``weights`` (n,): a radial basis function of width ``gamma``.

    ``kinds`` (n), where they are known: of the danger that each vector tells; empty for one that tells none.
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
        """Decides whether ``text`` is about a danger, as far as its meaning tells; ``embed`` gives the vector of a query."""
        return bool(self.margins(embed(as_learnt(text))[None, :])[0] >= LEAST)

    def judge(self, asked: Asked, embed: Callable[[Sequence[str]], Vectors]) -> Meant:
        """Returns what the sentences of a long message mean; ``embed`` gives vectors (n, dimension) of unit length."""
        vectors = embed([as_learnt(sentence) for sentence in (*asked.alarmed, *asked.others)])
        margins = self.margins(vectors)
        confirmed = not asked.alarmed or bool((margins[: len(asked.alarmed)] >= LEAST_OF_ALARM).any())
        told = margins.max() + margins.mean() >= LEAST_TOLD
        return Meant(confirmed, self._kinds_of(vectors[margins.argmax()]) if told else ())

    def _kinds_of(self, message: NDArray[np.float32]) -> tuple[Care, ...]:
        near = np.exp(2 * _KIND_GAMMA * (self.vectors @ message - 1.0))
        shares = defaultdict[str, float](float)
        for kind, share in zip(self.kinds, near, strict=True):
            if kind:
                shares[kind] += float(share)
        first, *rest = sorted(shares, key=shares.__getitem__, reverse=True)
        # The line against suicide is no help to who is threatened by somebody else.
        unfit = {Care.SUICIDE} if first == Care.VIOLENCE else set[Care]()
        return Care(first), *(Care(kind) for kind in rest[:1] if shares[kind] >= _AS_NEAR * shares[first] and kind not in unfit)


def as_learnt(text: str) -> str:
    """Returns ``text`` without capitals: SMS are written without, and people who are afraid may write all in them."""
    return text.lower()


def read(embedder: Embedder, path: Path = COMMITTED) -> SecondLook | None:
    """Returns the model at ``path`` if it was fitted on this encoder, else ``None``: then the classifier's word stands.

    Raises ``ValueError`` or ``OSError`` where the file is none of ours.
    """
    with np.load(path, allow_pickle=False) as content:
        if str(content["encoder"]) != model_id(embedder):
            return None
        intercept, gamma = (float(number) for number in content["numbers"])
        vectors = content["vectors"].astype(np.float32) * content["steps"][:, None]
        kinds = tuple(map(str, content["kinds"])) if "kinds" in content else ()
        return SecondLook(str(content["encoder"]), vectors, content["weights"], intercept, gamma, kinds)


def confirmer(model: SecondLook, embedder: Embedder, embed: Callable[[str], Vectors] | None = None) -> Callable[[str], bool]:
    """Returns what decides by ``model`` whether a text is about a danger.

    ``embed``: how a turn embeds a query by ``embedder``, if it remembers any.
    """
    return partial(model.confirms, embed=embed or (lambda text: embedder.embed_queries([text])[0]))
