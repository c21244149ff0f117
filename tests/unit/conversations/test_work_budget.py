"""What an address's messages cost is counted, fairly where many are answered at once."""

from __future__ import annotations

import pytest

from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import SharedTime, WorkBudget
from core.database.models import Conversation
from core.privacy.addresses import Addresses


class _Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def budget() -> WorkBudget:
    """A budget of one second, in a process without Redis."""
    event_bus = EventBus("redis://127.0.0.1:1/0")
    event_bus.pause(OSError())
    event_bus._paused_until = float("inf")
    return WorkBudget(event_bus, Addresses("key"), seconds=1)


async def test_budget_is_spent_by_the_same_network_only(budget: WorkBudget) -> None:
    payer = budget.payer_at("2001:db8:1:1::1")
    await budget.charge(payer, 0.6)
    assert await budget.is_left(payer)
    await budget.charge(payer, 0.6)
    assert not await budget.is_left(budget.payer_at("2001:db8:1:1::2"))
    assert await budget.is_left(budget.payer_at("2001:db8:1:2::1"))
    assert await budget.is_left(budget.payer_at("203.0.113.9"))


async def test_budget_of_a_whole_site_is_four_times_that_of_one_subscriber(budget: WorkBudget) -> None:
    for number in range(4):
        assert await budget.is_left(budget.payer_at(f"2001:db8:1:{number + 10}::1"))
        await budget.charge(budget.payer_at(f"2001:db8:1:{number}::1"), 1)
    assert not await budget.is_left(budget.payer_at("2001:db8:1:99::1"))


async def test_payer_contains_no_address(budget: WorkBudget) -> None:
    assert "203.0.113.9" not in "".join(budget.payer_at("203.0.113.9"))


async def test_charge_for_our_own_tools_is_none(budget: WorkBudget) -> None:
    payer = budget.payer_with("+33639980001")
    for origin, left in (("bench", True), ("citizen", False)):
        conversation = Conversation(id="c", channel="sms", origin=origin, language="fr", address_digest=payer[0])
        await budget.charge_for(conversation, "carte perdue", 2)
        assert await budget.is_left(payer) is left


async def test_an_answer_is_charged_once_whether_it_waits_or_is_ready(budget: WorkBudget) -> None:
    payer, text = budget.payer_with("+33639980001"), "x" * 2000
    conversation = Conversation(id="c", channel="sms", origin="citizen", language="fr", address_digest=payer[0])
    for _ in range(6):  # .15 s each
        assert await budget.is_left(payer)
        await budget.reserve(payer, text)
        await budget.charge_for(conversation, text, 0.15)
    await budget.reserve(payer, text)
    assert not await budget.is_left(payer)


async def test_an_answer_that_took_longer_than_usual_costs_more(budget: WorkBudget) -> None:
    payer = budget.payer_with("+33639980001")
    conversation = Conversation(id="c", channel="sms", origin="citizen", language="fr", address_digest=payer[0])
    await budget.reserve(payer, "x" * 1000)
    await budget.charge_for(conversation, "x" * 1000, 0.95)
    assert await budget.is_left(payer)
    await budget.charge_for(conversation, "x" * 1000, 0.2)
    assert not await budget.is_left(payer)


def test_shared_time_of_one_task_is_the_whole_time() -> None:
    clock = _Clock()
    with SharedTime(clock).share() as seconds:
        clock.seconds = 3
        assert seconds() == 3
    clock.seconds = 10
    assert seconds() == 3


def test_shared_time_of_many_tasks_is_at_most_the_whole_time() -> None:
    clock = _Clock()
    shared = SharedTime(clock)
    with shared.share() as first:
        clock.seconds = 1
        with shared.share() as second, shared.share() as third:
            clock.seconds = 4
        clock.seconds = 5
    assert (first(), second(), third()) == (3, 1, 1)
