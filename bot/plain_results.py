"""What nearly every custom action answers, known without a schema."""

from __future__ import annotations

from typing import Any


def only_sets_slots(result: Any) -> bool:
    """Whether ``result`` is a valid answer of the plainest kind, which nearly all are: responses, and slots that are set.

    The schema tries each event as one of twenty kinds: a tenth of Rasa's time for a turn.
    """
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list) or not all(isinstance(one, dict) for one in responses):
        return False
    return all(
        isinstance(one, dict) and one.get("event") == "slot" and isinstance(one.get("name"), str) and "value" in one
        for one in events
    )
