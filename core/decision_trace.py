"""Records the steps of a decision, in order, while somebody asks for an explanation. Otherwise a step costs one comparison."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import BaseModel, ConfigDict, Field

type Value = bool | int | float | str

_steps: ContextVar[list[DecisionStep] | None] = ContextVar("decision_steps", default=None)


class DecisionStep(BaseModel):
    """One step. ``name`` identifies it; ``values`` are its inputs and its result."""

    model_config = ConfigDict(frozen=True)

    name: str
    values: dict[str, Value] = Field(default_factory=dict)


def note(name: str, /, **values: Value) -> None:
    """Adds a step, if steps are being recorded."""
    steps = _steps.get()
    if steps is not None:
        steps.append(DecisionStep(name=name, values=values))


@contextmanager
def recorded() -> Iterator[list[DecisionStep]]:
    """Yields the list to which all steps within the block are added, also those from threads started in it."""
    steps: list[DecisionStep] = []
    token = _steps.set(steps)
    try:
        yield steps
    finally:
        _steps.reset(token)
