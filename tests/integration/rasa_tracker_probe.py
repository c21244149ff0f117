"""Run by Rasa's own Python: drives the tracker store at the URL given, and prints what it found as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered

from bot.tracker_store import Overtaken, TurnTrackerStore

SLOT = {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}
DOMAIN = Domain.from_dict({"slots": {"town": SLOT}})


async def turn(store: TurnTrackerStore, conversation: str, message_id: str, *events: Any) -> int:
    """One turn; the number of events that the tracker had before."""
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    before = len(tracker.events)
    for event in (UserUttered("bonjour", message_id=message_id), *events, ActionExecuted("action_listen")):
        tracker.update(event, DOMAIN)
    await store.save(tracker)
    return before


async def town(store: TurnTrackerStore, conversation: str) -> Any:
    tracker = await store.retrieve(conversation)
    return None if tracker is None else tracker.get_slot("town")


async def overtaken(slow: TurnTrackerStore, quick: TurnTrackerStore, conversation: str) -> list[Any]:
    """One Rasa begins a turn, another ends the next one first: what became of both."""
    late = await slow.get_or_create_tracker(conversation, append_action_listen=False)
    late.update(SlotSet("town", "Brest"), DOMAIN)
    await turn(quick, conversation, "m1", SlotSet("town", "Lille"))
    try:
        await slow.save(late)
    except Overtaken:
        return ["refused", await town(quick, conversation)]
    return ["kept", await town(quick, conversation)]


async def probe(url: str) -> dict[str, Any]:
    store = TurnTrackerStore(DOMAIN, host=url, turns=3)
    found: dict[str, Any] = {"unknown": await store.retrieve("c1")}
    sizes = [await turn(store, "c1", "m0", SlotSet("town", "Brest"))]
    sizes += [await turn(store, "c1", f"m{number}") for number in range(1, 12)]
    found["sizes"] = sizes
    found["slot_after_the_cut"] = await town(store, "c1")
    found["first_turn"] = [event["event"] for event in store.turn("c1", "m0") or []]
    found["of_another"] = store.turn("c2", "m0")
    await turn(store, "c1", "m12", SessionStarted(), SlotSet("town", "Lille"))
    found["after_a_new_session"] = await turn(store, "c1", "m13")
    found["slot_of_the_new_session"] = await town(store, "c1")
    for number in range(14, 20):
        await turn(store, "c1", f"m{number}")
    found["slot_after_another_cut"] = await town(store, "c1")
    again = TurnTrackerStore(DOMAIN, host=url, turns=3)
    found["overtaken"] = await overtaken(store, again, "c4")
    store.erase("c4")
    found["slot_in_another_process"] = await town(again, "c1")
    await turn(store, "c2", "m0")
    found["keys"] = sorted(await store.keys())
    store.erase("c1")
    found["erased"] = [await store.retrieve("c1"), store.turn("c1", "m0")]
    found["others"] = sorted(await store.keys())
    brief = TurnTrackerStore(DOMAIN, host=url, keep_days=0)
    await turn(brief, "c3", "m0")
    found["kept_too_long"] = sorted(await store.keys())
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(sys.argv[1]))))
