"""``python -m tools.rasa_scripts.nlu_report MODEL``: reads texts from standard input, one JSON string a line; prints the intent
of each, one a line.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent

from bot.model_signature import require

# A rule treats an unclear intent as an enquiry, and so does the report.
_UNCLEAR = "nlu_fallback"


async def report(model: str) -> None:
    """Prints ``{"intent", "confidence"}`` for each text, in order."""
    require(Path(model))
    agent = Agent.load(model)
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line))
        intent = parsed["intent"]
        name = "enquiry" if intent["name"] == _UNCLEAR else intent["name"]
        print(json.dumps({"intent": name, "confidence": round(float(intent["confidence"]), 4)}), flush=True)


if __name__ == "__main__":
    asyncio.run(report(sys.argv[1]))
