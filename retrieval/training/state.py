"""What a training keeps on disk every few steps, so that one that was interrupted goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import torch

from core.entry import Entry

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from retrieval.training.encoder import Encoder


@dataclass(frozen=True)
class State:
    """The file of one training, told apart by ``identity`` from those on other data or by another recipe."""

    path: Path
    identity: str
    encoder: Encoder
    optimiser: torch.optim.Optimizer

    def keep(self, step: int, more: Any) -> None:
        """``more``: what the training needs besides, of plain values and tensors."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_suffix(".part")
        layers = {name: layer.state_dict() for name, layer in self.encoder.layers.items()}
        kept = {name: {key: state[key] for key in ("down", "up")} for name, state in layers.items()}
        optimiser = self.optimiser.state_dict()
        torch.save({"identity": self.identity, "step": step, "layers": kept, "optimiser": optimiser, "more": more}, aside)
        aside.replace(self.path)

    def resume(self) -> tuple[int, Any]:
        """The step to go on from and what was kept with it; 0 and nothing where there is no file that fits."""
        if not self.path.exists():
            return 0, None
        kept = torch.load(self.path, weights_only=True)
        if kept["identity"] != self.identity:
            return 0, None
        for name, layer in self.encoder.layers.items():
            layer.load_state_dict(kept["layers"][name], strict=False)
        self.optimiser.load_state_dict(kept["optimiser"])
        return int(kept["step"]), kept["more"]

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def identity(entries: Sequence[Entry], base: Path, recipe: DataclassInstance, asked: Sequence[str] = ()) -> str:
    """Of a training on ``entries`` and the questions ``asked``, from the model ``base``."""
    digest = hashlib.sha256(orjson.dumps([base.name, asdict(recipe), list(asked)]))
    for entry in entries:
        digest.update(entry.digest().encode())
    return digest.hexdigest()
