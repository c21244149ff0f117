"""The record knows the simulator's providers by their names: what is theirs is marked, and costs nothing."""

from __future__ import annotations

import pytest

from channels.sms.simulator.account import SIMULATED_PROVIDERS
from conversations.ports import is_simulated


def test_is_simulated_each_played_provider_is_recognised() -> None:
    assert {name: is_simulated(name) for name in SIMULATED_PROVIDERS} == dict.fromkeys(SIMULATED_PROVIDERS, True)


@pytest.mark.parametrize("provider", ["twilio", "vonage", "ovh", "generic", "simulators", ""])
def test_is_simulated_a_real_provider_is_not_recognised(provider: str) -> None:
    assert not is_simulated(provider)
