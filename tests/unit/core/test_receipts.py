"""Receipts of erasures."""

from __future__ import annotations

import re

from core.privacy.receipts import receipt_of


def test_a_receipt_is_the_same_each_time_and_another_for_another() -> None:
    assert receipt_of("a" * 32) == receipt_of("a" * 32) != receipt_of("b" * 32)
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){2}", receipt_of("a" * 32))
