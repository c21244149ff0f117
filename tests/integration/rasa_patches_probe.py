"""Run by Rasa's own Python, with a model: what its rules predict for conversations made up at random, the state of a copy of
each tracker, and what is understood of messages, by Rasa as it is and with our patches."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot import patches

_CONVERSATIONS = 150
_MESSAGES = Path("tests/evaluation/nlu/dev.jsonl")
_FORM = "call_back_form"


def conversation(number: int, domain: Domain, rules: Mapping[str, str]) -> DialogueStateTracker:
    """Up to 14 messages with what follows them, most of it as ``rules`` has it; half of them stop right after a message."""
    dice = random.Random(number)
    events: list[Any] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for _ in range(dice.randrange(14)):
        intent = dice.choice(domain.intents)
        events += [_message(intent), SlotSet("language", "en"), *_followed(dice, rules.get(intent, "action_care"))]
        events.append(ActionExecuted("action_listen"))
    intent = dice.choice(domain.intents)
    events.append(_message(intent))
    events += _followed(dice, rules.get(intent, "action_care")) if dice.random() < 0.5 else []
    return DialogueStateTracker.from_events("c", events, domain.slots)


def first_actions(rules: Mapping[str, str]) -> dict[str, str]:
    """What follows each intent, of ``rules`` as Rasa keeps them, outside of a form."""
    alone = {key: states[0] for key in rules if len(states := json.loads(key)) == 1}
    return {state["user"]["intent"]: rules[key] for key, state in alone.items() if "active_loop" not in state}


def _message(intent: str) -> UserUttered:
    return UserUttered("bonjour", {"name": intent, "confidence": 1.0})


def _followed(dice: random.Random, action: str) -> list[Any]:
    if dice.random() < 0.8:
        return [ActionExecuted(action), BotUttered("voici"), SlotSet("subject", {"entry": "F1"})]
    return dice.choice(
        [
            [ActionExecuted(_FORM), ActiveLoop(_FORM), SlotSet("requested_slot", "call_back_time")],
            [ActionExecuted(_FORM), SlotSet("call_back_time", "14h")],
            [ActionExecuted(_FORM), ActiveLoop(None), ActionExecuted("action_submit_call_back")],
            [ActionExecutionRejected(_FORM), ActionExecuted(action), LoopInterrupted(True), ActionExecuted(_FORM)],
            [ActionExecuted("action_move"), ActionExecuted(action)],
            [SessionStarted()],
            [],
        ]
    )


def predicted(policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain) -> list[Any]:
    found = policy.predict_action_probabilities(tracker, domain)
    return [
        *(found.probabilities, found.hide_rule_turn, found.is_no_user_prediction, found.is_end_to_end_prediction),
        [event.type_name for event in found.events],
    ]


def understood(agent: Agent) -> list[Any]:
    texts = [json.loads(line)["text"] for line in _MESSAGES.read_text(encoding="utf-8").splitlines()]
    return [asyncio.run(agent.parse_message(text)) for text in [*texts, "?\u00a0!", "x" * 2000, "مرحبا 👍"]]


def probe(model: str) -> dict[str, Any]:
    # Else Rasa writes the states of each prediction to its log, which takes minutes.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = Agent.load(model)
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    policy = next(node._component for node in nodes if isinstance(node._component, RulePolicy))
    domain = agent.domain
    rules = first_actions(policy.lookup["rules"])
    trackers = [conversation(number, domain, rules) for number in range(_CONVERSATIONS)]

    def found() -> list[Any]:
        return [[predicted(policy, tracker, domain), tracker.copy().current_state(EventVerbosity.ALL)] for tracker in trackers]

    slowly, read_slowly = found(), understood(agent)
    patches.apply_to_rasa()
    quickly, read_quickly = found(), understood(agent)
    differ = [number for number, (one, other) in enumerate(zip(slowly, quickly, strict=True)) if one != other]
    actions = {max(range(len(one[0][0])), key=one[0][0].__getitem__) for one in slowly}
    return {"differ": differ, "actions": len(actions), "understood": read_slowly == read_quickly, "messages": len(read_slowly)}


if __name__ == "__main__":
    print(json.dumps(probe(sys.argv[1])))
