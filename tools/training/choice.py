"""Weights of a choice among several, fitted on right choices: a conditional logit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

DECAY = 1e-3  # weight of the sum of squared weights
Numbers = NDArray[np.float64]
# (choices, values) of one question, and which of its choices are right (at least one).
type Choice = tuple[Numbers, NDArray[np.bool_]]


def conditional_logit(found: Sequence[Choice], decay: float = DECAY) -> Numbers:
    """Returns the weights, (values,), under which right choices are likeliest among their alternatives."""
    values = np.concatenate([one for one, _ in found])
    right = np.concatenate([one for _, one in found])
    counts = np.asarray([len(one) for one, _ in found], np.int64)
    starts: NDArray[np.int64] = np.cumsum(counts) - counts

    def shares(worth: Numbers) -> tuple[Numbers, Numbers]:
        """Returns the share of each choice among those of its question, and the logarithm of each question's sum."""
        top = np.maximum.reduceat(worth, starts)
        raised = np.exp(worth - np.repeat(top, counts))
        total = np.add.reduceat(raised, starts)
        return raised / np.repeat(total, counts), top + np.log(total)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        worth = values @ weights
        all_shares, all_sums = shares(worth)
        right_shares, right_sums = shares(np.where(right, worth, -np.inf))
        strength = decay * len(found)
        total = strength * float(weights @ weights) + float((all_sums - right_sums).sum())
        return total, 2 * strength * weights - (right_shares - all_shares) @ values

    return np.asarray(minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x, np.float64)
