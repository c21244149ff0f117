"""Weights of a choice among several, learned from which of them were right: a conditional logit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp, softmax

DECAY = 1e-3  # of the sum of squared weights
Numbers = NDArray[np.float64]
# (choices, values) of one question, and which of its choices are right: one at least.
type Choice = tuple[Numbers, NDArray[np.bool_]]


def conditional_logit(found: Sequence[Choice], decay: float = DECAY) -> Numbers:
    """(values,) the weights under which right choices are likeliest among those they stand beside."""

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        total, slope = decay * len(found) * float(weights @ weights), 2 * decay * len(found) * weights
        for values, right in found:
            worth = values @ weights
            total -= float(logsumexp(log_softmax(worth)[right]))
            answering = np.zeros(len(worth))
            answering[right] = softmax(worth[right])
            slope = slope - (answering - softmax(worth)) @ values
        return total, slope

    return np.asarray(minimize(loss, np.zeros(found[0][0].shape[1]), jac=True, method="L-BFGS-B").x, np.float64)
