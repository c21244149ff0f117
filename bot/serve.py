"""``python -m bot.serve MODEL ARGUMENTS…``: ``rasa run --model MODEL ARGUMENTS…``, once the model's signature was verified."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from bot.lean import is_linear, leave_tensorflow_out
from bot.model_signature import ModelRefused, require
from bot.quick_start import hurry


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM. Exits with 78 (a matter of configuration) for a model that nobody signed."""
    model, *others = arguments
    try:
        require(Path(model))
    except ModelRefused as refused:
        print(refused, file=sys.stderr, flush=True)
        raise SystemExit(78) from None
    if is_linear(Path("config.yml")):
        leave_tensorflow_out()
    hurry()
    sys.argv = ["rasa", "run", "--model", model, *others]
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
