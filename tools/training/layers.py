"""Low-rank layers around the linear layers of a frozen encoder (LoRA): y = Wx + up·down·x, where only up and down are
trained.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class LowRankLinear(nn.Module):
    """A frozen linear layer and its low-rank change. The change starts at zero."""

    def __init__(self, frozen: nn.Linear, rank: int) -> None:
        super().__init__()
        self.frozen = frozen
        # As in rank-stabilised LoRA: the size of a step does not depend on the rank.
        self.scale = 2.0 / math.sqrt(rank)
        self.down = nn.Parameter(torch.empty(rank, frozen.in_features, dtype=torch.float32))
        self.up = nn.Parameter(torch.zeros(frozen.out_features, rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, inputs: Tensor) -> Tensor:
        narrow = nn.functional.linear(inputs, self.down.to(inputs.dtype))
        change = nn.functional.linear(narrow, (self.up * self.scale).to(inputs.dtype))
        return torch.as_tensor(self.frozen(inputs) + change)

    def change(self, share: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Returns (up, down) whose product is ``share`` of the learned change."""
        return (self.up.detach() * (self.scale * share)).numpy().copy(), self.down.detach().numpy().copy()


def add_low_rank(encoder: nn.Module, rank: int) -> dict[str, LowRankLinear]:
    """Freezes ``encoder`` and wraps each linear layer of its blocks. Returns the layers by the name of the matrix that they
    change.
    """
    encoder.requires_grad_(False)
    linear = [(name, module) for name, module in encoder.named_modules() if isinstance(module, nn.Linear)]
    wrapped = {}
    for name, module in linear:
        if not name.startswith("encoder.layer."):  # the pooler is not used
            continue
        parent, _, own = name.rpartition(".")
        wrapped[name] = LowRankLinear(module, rank)
        setattr(encoder.get_submodule(parent), own, wrapped[name])
    return wrapped
