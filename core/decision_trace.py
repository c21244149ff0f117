"""Records the steps of a decision, in order, while somebody asks why; at other times a step costs a look at one variable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import BaseModel, ConfigDict, Field

type Value = bool | int | float | str

_steps: ContextVar[list[Step] | None] = ContextVar("decision_steps", default=None)


class Step(BaseModel):
    """One step. ``name`` says which; ``values`` are what it was decided by, and what came of it."""

    model_config = ConfigDict(frozen=True)

    name: str
    values: dict[str, Value] = Field(default_factory=dict)


def note(name: str, /, **values: Value) -> None:
    """Adds a step where steps are recorded."""
    steps = _steps.get()
    if steps is not None:
        steps.append(Step(name=name, values=values))


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """Yields the list to which all steps within are added, also those taken in threads that are begun there."""
    steps: list[Step] = []
    token = _steps.set(steps)
    try:
        yield steps
    finally:
        _steps.reset(token)
