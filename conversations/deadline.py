"""The deadline of one turn, shared by the engine and the look-up that replaces it."""

import time
from dataclasses import dataclass
from typing import Self

_LEAST_SECONDS = 2.5  # even after a long wait: many times what a turn takes
_LEAST_ENGINE_SECONDS = 1.5  # the engine's part of them
_LOOKUP_SECONDS = 1.0  # of a turn, reserved for looking the message up without the engine


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """The seconds that a turn may take on one channel, and the engine's part of them."""

    turn: float
    engine: float


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which a turn must have its outcome, and the engine's earlier one, in ``time.monotonic()`` seconds."""

    at: float
    engine: float

    @classmethod
    def begin(cls, limits: TurnLimits, waited: float) -> Self:
        """Returns the deadline of a turn that begins now, for a message that was received ``waited`` seconds ago.

        The citizen's whole wait counts, from the receipt of the message. A message that has waited behind others, or for a
        worker that died, gets less time, but always enough for an answer.
        """
        waited = max(0.0, waited)  # a clock that was put back gives no extra time
        turn = min(limits.turn, max(_LEAST_SECONDS, limits.turn - waited))
        engine = min(limits.engine, max(_LEAST_ENGINE_SECONDS, limits.engine - waited))
        return cls.after(turn, engine=min(engine, max(turn / 2, turn - _LOOKUP_SECONDS)))

    @classmethod
    def after(cls, seconds: float, *, engine: float | None = None) -> Self:
        """Returns a deadline in ``seconds`` from now, of which the engine may take ``engine``, or all."""
        present = time.monotonic()
        return cls(present + seconds, present + (seconds if engine is None else engine))

    def remaining(self) -> float:
        """Returns the seconds that are left; 0 once it is over."""
        return max(0.0, self.at - time.monotonic())
