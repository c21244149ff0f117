"""Rasa's graph, walked once."""

from __future__ import annotations

from rasa.engine.graph import GraphSchema


def visit_each_node_once() -> None:
    """From now on, for every graph.

    Rasa 3.6 collects what a component needs by every path that leads to it, for each message and each prediction. Every step of
    our pipeline needs the one before and the word vectors, so that paths double with each step: a quarter of what understanding
    a message took (docs/adr/0030).
    """
    GraphSchema._all_dependencies_schema = _needed


def _needed(schema: GraphSchema, targets: list[str]) -> list[str]:
    """The names of ``targets`` and of all that they need, each once; names of inputs, which are no nodes, among them."""
    found: dict[str, None] = {}
    waiting = list(targets)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            node = schema.nodes.get(name)
            waiting += node.needs.values() if node else ()
    return list(found)
