"""``python -m bot.nlu_report MODEL``: texts on standard input, one JSON string a line; what each is taken for, a line each."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent

from bot.model_signature import require

# A rule takes what is unclear as an enquiry: so does the report.
_UNCLEAR = "nlu_fallback"


async def report(model: str) -> None:
    """Print ``{"intent", "confidence"}`` for each text, in order."""
    require(Path(model))
    agent = Agent.load(model)
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line))
        intent = parsed["intent"]
        name = "enquiry" if intent["name"] == _UNCLEAR else intent["name"]
        print(json.dumps({"intent": name, "confidence": round(float(intent["confidence"]), 4)}), flush=True)


if __name__ == "__main__":
    asyncio.run(report(sys.argv[1]))
