"""Rasa without TensorFlow."""

from __future__ import annotations

from importlib.util import module_from_spec
from pathlib import Path

import pytest

from bot.patches.without_tensorflow import Lean, is_linear
from core.settings import ROOT


@pytest.mark.parametrize(
    ("part", "name", "linear"),
    [
        ("pipeline", "bot.components.linear_intents.LinearIntents", True),
        ("pipeline", "DIETClassifier", False),
        ("pipeline", "rasa.nlu.classifiers.diet_classifier.DIETClassifier", False),
        ("policies", "TEDPolicy", False),
    ],
)
def test_a_neural_component_is_found_out(tmp_path: Path, part: str, name: str, linear: bool) -> None:
    config = tmp_path / "config.yml"
    config.write_text(f"{part}:\n- name: {name}\n", encoding="utf-8")
    assert is_linear(config) is linear


def test_ours_needs_no_tensorflow() -> None:
    assert is_linear(ROOT / "config.yml")


def test_what_is_left_out_can_be_imported_and_called() -> None:
    lean = Lean()
    spec = lean.find_spec("rasa.utils.tensorflow.environment", None)
    assert spec is not None
    module = module_from_spec(spec)
    lean.exec_module(module)
    module.setup_tf_environment()
    assert lean.find_spec("rasa.utils.io", None) is None


def test_training_keeps_rasas_checks_and_leaves_out_what_they_import() -> None:
    validator, neural = "rasa.graph_components.validators.default_recipe_validator", "rasa.core.policies.ted_policy"
    serving, training = Lean(), Lean(training=True)
    assert serving.find_spec(validator, None) is not None
    assert training.find_spec(validator, None) is None
    assert training.find_spec(neural, None) is not None


def test_whoever_needs_tensorflow_all_the_same_is_told_why() -> None:
    with pytest.raises(ImportError, match=r"bot/patches/without_tensorflow\.py"):
        Lean().find_spec("tensorflow", None)
