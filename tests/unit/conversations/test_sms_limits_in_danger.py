"""Who is in danger beyond a number's limits: as the message was read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from conversations.steps import sms_limits
from conversations.steps.sms_limits import SmsLimits
from core.care import Alert, Care
from tests.unit.conversations.test_care import SETTINGS, WORDING, context

_IN_PASSING = "au fait il a dit qu'il me noierait"


class NumberWithADaySpent:
    """A database, addresses and a budget of a number that has written too much."""

    @asynccontextmanager
    async def read(self, *, brief: bool) -> AsyncIterator[NumberWithADaySpent]:
        yield self

    @asynccontextmanager
    async def write(self) -> AsyncIterator[NumberWithADaySpent]:
        yield self

    async def get(self, *_: object) -> SimpleNamespace:
        return SimpleNamespace(address=b"a", address_digest="d", origin="citizen")

    def decrypt(self, _: bytes) -> str:
        return "+33639980001"

    async def is_left(self, _: object) -> bool:
        return True


@pytest.mark.parametrize(("danger", "passes"), [(Alert((Care.VIOLENCE,), "fr", answer_too=True), True), (None, False)])
async def test_sms_limits_pass_a_danger(monkeypatch: pytest.MonkeyPatch, danger: Alert | None, passes: bool) -> None:
    async def nothing_said(*_: object) -> list[object]:
        return []

    async def spent(*_: object) -> SimpleNamespace:
        return SimpleNamespace(received=10_000, segments=0, warned=True)

    async def counted(*_: object) -> None:
        return None

    for name, stand_in in (("_recent", nothing_said), ("usage_on", spent), ("count_limited", counted)):
        monkeypatch.setattr(sms_limits, name, stand_in)
    number = NumberWithADaySpent()
    step = SmsLimits(number, WORDING, number, SETTINGS, number)  # type: ignore[arg-type]
    turn = await step(context(_IN_PASSING, channel="sms", is_read=True, danger=danger))
    assert (turn is None) == passes
