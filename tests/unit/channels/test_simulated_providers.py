"""The record knows the simulator's providers by their names: what is theirs is marked, and costs nothing."""

from __future__ import annotations

import pytest

from conversations.ports import is_simulated


@pytest.mark.parametrize(
    "provider", ["simulator", "simulator-vonage", "simulator-ovh", "simulator-generic", "simulator-mtarget"]
)
def test_is_simulated_a_simulated_provider_is_recognised(provider: str) -> None:
    assert is_simulated(provider)


@pytest.mark.parametrize("provider", ["twilio", "vonage", "ovh", "generic", "simulators", ""])
def test_is_simulated_a_real_provider_is_not_recognised(provider: str) -> None:
    assert not is_simulated(provider)
