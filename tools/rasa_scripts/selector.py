"""``python -m tools.rasa_scripts.selector train FOLDER`` and ``… answer FOLDER``: Rasa's ResponseSelector, for ``bench
search``.

``FOLDER`` has ``config.yml``, ``domain.yml`` and ``nlu.yml``; training writes ``model.tar.gz`` into it. Answering reads
questions from standard input, one JSON string a line, and prints ``{"ranking": [names of sub-intents, best first]}`` for each.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.utils.log_utils import configure_structlog

from bot.model_signature import require

MODEL = "model"


def train(folder: Path) -> None:
    """Trains the model. Raises ``SystemExit`` if Rasa made none; Rasa's own output has the reason."""
    domain = str(folder / "domain.yml")
    made = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name=MODEL, domain=domain)
    if made is None:
        raise SystemExit("Rasa made no model.")


async def answer(folder: Path) -> None:
    """Answers until standard input ends. Raises ``ModelRefused`` for a model that this installation did not train."""
    configure_structlog(logging.ERROR)  # below this level it prints to the stream from which answers are read
    model = folder / f"{MODEL}.tar.gz"
    require(model)
    agent = Agent.load(str(model))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line))
        ranking = parsed["response_selector"]["default"]["ranking"]
        print(json.dumps({"ranking": [one["intent_response_key"] for one in ranking]}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "train":
        train(Path(sys.argv[2]))
    else:
        asyncio.run(answer(Path(sys.argv[2])))
