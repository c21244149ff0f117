"""Common to both trainings of an adapter: steps, the state on disk from which an interrupted training continues, the end."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import torch

from core.entry import Entry
from retrieval.embedding.low_rank import write_adapter

if TYPE_CHECKING:
    from tools.training.encoder import Encoder, Recipe
    from tools.training.on_questions import Recipe as QuestionsRecipe

_EVERY = 20  # steps between two saves of the state
_LONGEST = 1.0  # largest norm of the gradients of one step


class Training:
    """A training of ``encoder``, based on the model ``base``, on ``entries`` and the questions ``asked``. Its state is stored
    at ``path``; a state of a training with other inputs is ignored.
    """

    def __init__(
        self,
        path: Path,
        encoder: Encoder,
        recipe: Recipe | QuestionsRecipe,
        base: Path,
        entries: Sequence[Entry],
        asked: Sequence[str] = (),
    ) -> None:
        self._path, self._encoder, self._recipe, self._base = path, encoder, recipe, base
        self._optimiser = torch.optim.AdamW(encoder.parameters, lr=recipe.rate, weight_decay=0.01)
        digest = hashlib.sha256(orjson.dumps([base.name, asdict(recipe), list(asked)]))
        for entry in entries:
            digest.update(entry.digest().encode())
        self._identity = digest.hexdigest()

    def resume(self) -> tuple[int, Any]:
        """Returns the step to continue from and the data stored with it; 0 and ``None`` if there is no suitable file."""
        if not self._path.exists():
            return 0, None
        kept = torch.load(self._path, weights_only=True)
        if kept["identity"] != self._identity:
            return 0, None
        for name, layer in self._encoder.layers.items():
            layer.load_state_dict(kept["layers"][name], strict=False)
        self._optimiser.load_state_dict(kept["optimiser"])
        return int(kept["step"]), kept["more"]

    def descend(self, step: int, share: float, more: Any) -> None:
        """Makes one step by the gradients in the parameters, at ``share`` of the rate.

        ``more``: further data needed to continue from here, as plain values and tensors.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = self._recipe.rate * share
        torch.nn.utils.clip_grad_norm_(self._encoder.parameters, _LONGEST)
        self._optimiser.step()
        if (step + 1) % _EVERY == 0:
            self._keep(step + 1, more)

    def end(self, output: Path, **about: str) -> None:
        """Writes the adapter, with ``about`` in addition to recipe and base, and deletes the state."""
        about |= {"recipe": orjson.dumps(asdict(self._recipe)).decode(), "base": self._base.name}
        write_adapter(output, {name: layer.change(self._recipe.kept) for name, layer in self._encoder.layers.items()}, about)
        self._path.unlink(missing_ok=True)

    def _keep(self, step: int, more: Any) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(".part")
        layers = {name: layer.state_dict() for name, layer in self._encoder.layers.items()}
        kept = {name: {key: state[key] for key in ("down", "up")} for name, state in layers.items()}
        optimiser = self._optimiser.state_dict()
        torch.save({"identity": self._identity, "step": step, "layers": kept, "optimiser": optimiser, "more": more}, aside)
        aside.replace(self._path)
