"""Changes to Rasa 3.6.21 in the serving process. Each names its benefit, measured as in docs/adr/0061.

Rasa's answers stay the same (``./guichet test --long tests/integration/test_rasa_patches.py``). An upgrade of Rasa must check
each of them again.
"""

from pathlib import Path

from bot.patches import without_tensorflow


def apply(config: Path) -> None:
    """Applies all of them, from now on. Call it before ``rasa`` is imported; ``config`` is Rasa's ``config.yml``."""
    if without_tensorflow.is_linear(config):
        without_tensorflow.apply()
    apply_to_rasa()


def apply_to_rasa() -> None:
    """Applies those that change Rasa's own classes and functions."""
    from bot.patches import action_schema, direct_graph, fast_yaml, shared_connections  # noqa: PLC0415 - they import Rasa

    for patch in (action_schema, direct_graph, fast_yaml, shared_connections):
        patch.apply()
