"""How long a turn may take, and which part of it is the engine's."""

from __future__ import annotations

import time

import pytest

from conversations.deadline import Deadline, TurnLimits

WEB, SMS = TurnLimits(turn=5.0, engine=3.5), TurnLimits(turn=12.0, engine=6.0)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    """The time, which stands still."""
    present = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: present)
    return present


@pytest.mark.parametrize(
    ("limits", "waited", "turn", "engine"),
    [
        (WEB, 0.0, 5.0, 3.5),
        (WEB, 1.0, 4.0, 2.5),
        (WEB, 60.0, 2.5, 1.5),
        (SMS, 0.0, 12.0, 6.0),
        (SMS, 4.0, 8.0, 2.0),
        (SMS, 60.0, 2.5, 1.5),
        (TurnLimits(turn=1.0, engine=0.4), 9.0, 1.0, 0.4),
        (TurnLimits(turn=3.0, engine=6.0), 0.0, 3.0, 2.0),  # what was set for the engine leaves nothing: a third is kept
        (TurnLimits(turn=0.5, engine=6.0), 0.0, 0.5, 0.25),
        (WEB, -3600.0, 5.0, 3.5),  # a clock that was put back
    ],
)
def test_deadline_counts_from_the_receipt_and_reserves_the_lookup(
    now: float, limits: TurnLimits, waited: float, turn: float, engine: float
) -> None:
    deadline = Deadline.begin(limits, waited)
    assert (round(deadline.at - now, 6), round(deadline.engine - now, 6)) == (turn, engine)


def test_deadline_when_over_has_nothing_remaining(now: float, monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline.after(5)
    assert deadline.remaining() == 5
    monkeypatch.setattr(time, "monotonic", lambda: now + 7)
    assert deadline.remaining() == 0
