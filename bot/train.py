"""``python -m bot.train ARGUMENTS…``: ``rasa train ARGUMENTS…``, without TensorFlow if ``config.yml`` names nothing neural."""

import runpy
import sys
from pathlib import Path

from bot.patches import without_tensorflow


def main(arguments: list[str]) -> None:
    """Trains a model."""
    if without_tensorflow.is_linear(Path("config.yml")):
        without_tensorflow.apply(training=True)
    sys.argv = ["rasa", "train", *arguments]
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
