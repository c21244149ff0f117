"""``python -m bot.serve MODEL ARGUMENTS…``: ``rasa run --model MODEL ARGUMENTS…``, once the model's signature is verified."""

import runpy
import sys
from pathlib import Path
from typing import Any

from bot import patches
from bot.listen_when_ready import listen_when_ready
from bot.model_signature import ModelRefused, require


def main(arguments: list[str]) -> None:
    """Serves until SIGTERM. Exits with 78 (configuration error) for a model without valid signature."""
    model, *others = arguments
    try:
        require(Path(model))
    except ModelRefused as refused:
        print(refused, file=sys.stderr, flush=True)
        raise SystemExit(78) from None
    patches.apply(Path("config.yml"))
    listen_when_ready(_prepare)
    sys.argv = ["rasa", "run", "--model", model, *others]
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)


async def _prepare(agent: Any) -> None:
    from bot.input_channel import prepare  # noqa: PLC0415 - it imports Rasa, which must be patched by then

    await prepare(agent)


if __name__ == "__main__":
    main(sys.argv[1:])
