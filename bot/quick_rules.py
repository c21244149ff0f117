"""Rasa's rules looked up by what they end with, in the little of a conversation that they look back on.

For each of three predictions a turn Rasa 3.6 replays the whole tracker with its slots, tries every rule on its last state, and
once does all of it with the message's text instead of its intent, although no rule has a text. A fifth of its time for a turn
(docs/turn-cost.md); what is predicted stays the same. Written for Rasa 3.6.21.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

_LISTEN = "action_listen"
# Kinds of events by name: Rasa's classes are abstract ones, for which isinstance takes long.
_SAID = {SlotSet.type_name, BotUttered.type_name}  # no rule reads them
_BEGINNING = {SessionStarted.type_name, Restarted.type_name}
_REACHING_BACK = {ActiveLoop.type_name, ActionReverted.type_name, UserUtteranceReverted.type_name}

_Lookup = Mapping[str, str]
_State = Mapping[str, Mapping[str, Any]]
_Place = tuple[Any, Any]  # the action before a prediction, the message's intent

_action_slowly = RulePolicy._find_action_from_rules
_keys_slowly = RulePolicy._get_possible_keys
_states_slowly = RulePolicy._prediction_states


def hurry_rules(domain: Domain) -> None:
    """From now on, in this process; unless ``domain`` has slots that rules could depend on."""
    if any(slot.influence_conversation for slot in domain.slots):
        return
    RulePolicy._find_action_from_rules = _action
    RulePolicy._get_possible_keys = _possible_keys
    RulePolicy._prediction_states = _last_states


def by_end(lookup: _Lookup) -> dict[_Place, dict[str, str]]:
    """Of the rules in ``lookup`` (JSON of a rule's states, and what follows): which end at which place."""
    found: dict[_Place, dict[str, str]] = {}
    for key, follows in lookup.items():
        found.setdefault(_place(json.loads(key)[-1]), {})[key] = follows
    return found


def looked_back_on(events: Sequence[Event], states: int) -> list[Event]:
    """Of a tracker's ``events``: what the last ``states`` states of its dialogue, slots apart, are made of."""
    told = [event for event in events if event.type_name not in _SAID]
    kinds = [event.type_name for event in told]
    if not _REACHING_BACK.isdisjoint(kinds):
        return told
    began = max((place for place, kind in enumerate(kinds) if kind in _BEGINNING), default=-1) + 1
    acted = [place for place in range(began, len(kinds)) if kinds[place] == ActionExecuted.type_name]
    if len(acted) <= states:
        return told[began:]
    start = acted[-states]
    spoken = [event for event in told[began:start] if event.type_name == UserUttered.type_name]
    return [*spoken[-1:], *told[start:]]


def _place(state: _State) -> _Place:
    return state.get("prev_action", {}).get("action_name"), state.get("user", {}).get("intent")


def _ends(policy: RulePolicy, lookup: _Lookup) -> dict[_Place, dict[str, str]]:
    known = policy.__dict__.setdefault("_by_end", {})  # a policy's lookups live as long as itself
    if id(lookup) not in known:
        known[id(lookup)] = by_end(lookup)
    found: dict[_Place, dict[str, str]] = known[id(lookup)]
    return found


def _possible_keys(policy: RulePolicy, lookup: _Lookup, states: list[_State]) -> set[str]:
    before, intent = _place(states[-1])
    if before is None:
        return _keys_slowly(policy, lookup, states)  # type: ignore[no-any-return]
    ends = _ends(policy, lookup)
    likely = {**ends.get((before, intent), {}), **ends.get((before, None), {})}
    return _keys_slowly(policy, likely, states)  # type: ignore[no-any-return]


def _last_states(policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, *others: Any, **named: Any) -> list[_State]:
    if "_longest" not in policy.__dict__:
        keys = [key for lookup in policy.lookup.values() if isinstance(lookup, dict) for key in lookup]
        policy._longest = max(len(json.loads(key)) for key in keys)
    bare = DialogueStateTracker(tracker.sender_id, [])
    bare.events.extend(looked_back_on(tracker.events, policy._longest))
    return _states_slowly(policy, bare, domain, *others, **named)  # type: ignore[no-any-return]


def _action(
    policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> tuple[str | None, str | None, bool]:
    # After a message, where every rule asks for its intent, none follows from its text alone.
    asked = use_text_for_last_user_input and tracker.active_loop_name is None
    if asked and (_LISTEN, None) not in _ends(policy, policy.lookup[RULES]):
        return None, None, False
    return _action_slowly(policy, tracker, domain, use_text_for_last_user_input)  # type: ignore[no-any-return]
