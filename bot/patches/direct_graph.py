"""What Rasa's engine does around its components for each message, without what a served model does not need.

Rasa 3.6 hands the graph to a scheduler (dask) that orders and queues a dozen calls that run one after the other anyway, looks
for the kind of each event of a tracker among all classes, and builds an empty domain to see whether ours is one. Together a
sixth of its time for a turn (docs/turn-cost.md). It replays the whole conversation for each action, and copies events and
states for a log that is not kept. Written for Rasa 3.6.21.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from rasa.core import processor
from rasa.core.policies import rule_policy
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses


def apply() -> None:
    """Change it from now on."""
    DaskGraphRunner.run = _run
    MessageProcessor._check_for_unseen_features = _nothing_to_check
    processor.copy = rule_policy.copy = _NotCopied
    DialogueStateTracker.copy = _copy
    slowly = Event.resolve_by_type
    known: dict[str, Any] = {}
    for kind in all_subclasses(Event):
        known.setdefault(kind.type_name, kind)

    def resolve_by_type(type_name: str, default: Any = None) -> Any:
        return known.get(type_name) or slowly(type_name, default)

    Event.resolve_by_type = staticmethod(resolve_by_type)


def _run(
    runner: DaskGraphRunner, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
) -> dict[str, Any]:
    """The outputs of ``targets``; each node that they need runs once. Raises ``GraphRunError`` as Rasa's own does."""
    schema, nodes = runner._graph_schema, runner._instantiated_nodes
    found = {name: (name, value) for name, value in (inputs or {}).items()}

    def output(name: str) -> Any:
        if name not in found:
            if name not in nodes:
                return name  # an input that was not given: the node says what it misses
            found[name] = nodes[name](*[output(needed) for needed in schema.nodes[name].needs.values()])
        return found[name]

    try:
        return dict(output(name) for name in targets or schema.target_names)
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error


def _nothing_to_check(processor: MessageProcessor, parse_data: Mapping[str, Any]) -> None:
    """Whether intents and entities are in the domain is held by a test (``rasa data validate``)."""


class _NotCopied:
    """In place of ``copy`` where Rasa copies what it would write to a log that nobody keeps, and nothing else."""

    @staticmethod
    def deepcopy(thing: Any) -> Any:
        return thing


def _copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker with the same events, in the same state: Rasa replays all of them for each action."""
    same = copy.copy(tracker)
    same.events = deque(tracker.events, tracker.events.maxlen)
    same.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    same.active_loop = copy.copy(tracker.active_loop)
    same.model_id = same.assistant_id = None
    return same
