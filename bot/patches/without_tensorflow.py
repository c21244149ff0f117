"""Rasa without TensorFlow. Saves 300 MB of memory and ten seconds of processor time at each start (docs/adr/0030),
and 1.4 GB of a server's disk (docs/adr/0078).

Modules of Rasa's import TensorFlow although a linear model never calls them: callbacks, data, and the neural components, which
training's checks name. A linear model needs no library of neural networks.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

_UNUSED = frozenset(f"rasa.utils.tensorflow.{name}" for name in ("callback", "data_generator", "environment"))
# Named by a trained model, called by training alone.
_SERVING = _UNUSED | {"rasa.graph_components.validators.default_recipe_validator"}
_TRAINING = _UNUSED | {  # what that validator and the list of all components import
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "rasa.nlu.selectors.response_selector",
}
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


def apply(*, training: bool = False) -> None:
    """Leaves it out from now on. Call it before ``rasa`` is imported. A component that still needs it raises an error."""
    sys.meta_path.insert(0, Lean(training=training))


class Lean(MetaPathFinder, Loader):
    """Finds the modules that are left out, and refuses to import TensorFlow itself."""

    def __init__(self, *, training: bool = False) -> None:
        self._unused = _TRAINING if training else _SERVING

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname == "tensorflow":
            raise ImportError(
                "config.yml names no neural component, so TensorFlow is left out: see bot/patches/without_tensorflow.py"
            )
        return ModuleSpec(fullname, self) if fullname in self._unused else None

    def exec_module(self, module: ModuleType) -> None:
        """Makes every name in it a class that does nothing: it can be imported, and called without arguments (by Rasa's
        ``main``).
        """

        def nothing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})

        module.__getattr__ = nothing  # type: ignore[method-assign]
