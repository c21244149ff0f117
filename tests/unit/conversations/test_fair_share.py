"""An address takes a part of a worker's places; its further conversations wait in line, and those of others do not."""

from __future__ import annotations

from conversations.worker.fair_share import FairShare

_ADDRESS, _OTHER = ("address",), ("other",)
_NOBODY = ()  # our own tools, SMS, or Redis away


def test_an_address_enters_up_to_its_share_and_others_as_before() -> None:
    share = FairShare(24)
    assert [share.enter(f"flood {number}", _ADDRESS) for number in range(5)] == [True] * 2 + [False] * 3
    assert [share.waits(f"flood {number}") for number in range(5)] == [False] * 2 + [True] * 3
    assert share.enter("other", _OTHER)
    assert all(share.enter(f"unknown {number}", _NOBODY) for number in range(30))


def test_conversations_in_line_enter_in_order_one_for_each_that_leaves() -> None:
    share = FairShare(8)
    for conversation in ("first", "second", "third", "second"):  # a repeated wake-up changes nothing
        share.enter(conversation, _ADDRESS)
    assert share.leave(_NOBODY) is None
    assert [share.leave(_ADDRESS) for _ in range(3)] == [("second", _ADDRESS), ("third", _ADDRESS), None]
    assert not share.waits("second")
    assert share.enter("fourth", _ADDRESS)


def test_a_wide_network_has_twice_the_share_of_an_address() -> None:
    share = FairShare(24)
    payers = [(f"/64 {number}", "/48") for number in range(5)]
    assert [share.enter(f"of {payer}", payer) for payer in payers] == [True] * 4 + [False]
    assert share.leave(payers[0]) == (f"of {payers[4]}", payers[4])


def test_a_worker_with_one_place_still_answers_everybody() -> None:
    share = FairShare(1)
    assert share.enter("first", _ADDRESS)
    assert not share.enter("second", _ADDRESS)
    assert share.leave(_ADDRESS) == ("second", _ADDRESS)
