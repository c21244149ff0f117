"""Rasa without TensorFlow. Saves 300 MB, and ten seconds of processor time at each start (docs/adr/0030).

Four of Rasa's modules import TensorFlow although a server never calls them: training uses them for callbacks, data and checks.
A linear model needs no library of neural networks.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

_UNUSED = frozenset(
    {
        *(f"rasa.utils.tensorflow.{name}" for name in ("callback", "data_generator", "environment")),
        "rasa.graph_components.validators.default_recipe_validator",  # named by a trained model, called by training
    }
)
_NEURAL = frozenset(
    {
        "DIETClassifier",
        "ResponseSelector",
        "ConveRTFeaturizer",
        "LanguageModelFeaturizer",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
    }
)


def is_linear(config: Path) -> bool:
    """Decides whether ``config`` (Rasa's ``config.yml``) names none of Rasa's neural networks."""
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    named = [step.get("name", "") for part in ("pipeline", "policies") for step in content.get(part) or ()]
    return not any(name.rpartition(".")[2] in _NEURAL for name in named)


def apply() -> None:
    """Leaves it out from now on. Call it before ``rasa`` is imported. A component that still needs it raises an error."""
    sys.meta_path.insert(0, Lean())


class Lean(MetaPathFinder, Loader):
    """Finds the modules that are left out, and refuses to import TensorFlow itself."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname == "tensorflow":
            raise ImportError(
                "config.yml names no neural component, so TensorFlow is left out: see bot/patches/without_tensorflow.py"
            )
        return ModuleSpec(fullname, self) if fullname in _UNUSED else None

    def exec_module(self, module: ModuleType) -> None:
        """Makes every name in it a class that does nothing: it can be imported, and called without arguments (by Rasa's
        ``main``).
        """

        def nothing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})

        module.__getattr__ = nothing  # type: ignore[method-assign]
