"""What staff are told of a message that did not arrive: every code that a provider's table knows leads to words."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import yaml

from channels.sms.causes import Own, cause_of, is_temporary
from channels.sms.providers import ovh, twilio, vonage
from channels.sms.providers.cause import Cause
from core.settings import ROOT

WORDS = yaml.safe_load((ROOT / Path("analytics/desk/costs/words.yml")).read_text())


@pytest.mark.parametrize("cause", [*get_args(Cause), *get_args(Own)])
def test_each_cause_is_told_and_says_what_to_do(cause: str) -> None:
    for key in (f"costs_cause_{cause}", f"costs_do_{cause}"):
        assert set(WORDS[key]) == {"fr", "en"}


@pytest.mark.parametrize(
    ("provider", "status", "code", "cause"),
    [
        ("twilio", "failed", "21610", "stopped"),
        ("twilio", "failed", "30003", "unreachable"),
        ("twilio", "failed", "30004", "barred"),
        ("twilio", "failed", "30005", "unknown_number"),
        ("twilio", "failed", "30006", "no_sms"),
        ("twilio", "failed", "30007", "filtered"),
        ("twilio", "failed", "30008", "unsaid"),
        ("twilio", "failed", "30034", "sender"),
        ("twilio", "failed", "99999", "unsaid"),
        ("vonage", "failed", "7", "unreachable"),  # a receipt: handset busy
        ("vonage", "failed", "status 7", "barred"),  # a refusal: number barred
        ("ovh", "failed", "23", "unknown_number"),
        ("ovh", "expired", "8", "unreachable"),
        ("simulator-ovh", "failed", "28", "filtered"),
        ("mtarget", "failed", "30003", "unsaid"),  # another's code
        ("twilio", "uncertain", "lost", "crash"),
        ("twilio", "uncertain", "ReadTimeout", "no_answer"),
        ("twilio", "queued", "ConnectError", "connection"),
        ("twilio", "failed", "budget", "budget"),
        ("twilio", "failed", "opted out", "opted_out"),
        ("twilio", "expired", "deadline", "deadline"),
    ],
)
def test_codes(provider: str, status: str, code: str, cause: str) -> None:
    assert cause_of(provider, status, code) == cause


@pytest.mark.parametrize("module", [twilio, vonage, ovh])
def test_only_what_the_network_had_no_room_for_is_sent_again(module: object) -> None:
    causes: dict[str, Cause] = module.CAUSES  # type: ignore[attr-defined]
    again: frozenset[str] = module.RETRYABLE  # type: ignore[attr-defined]
    assert again
    assert {causes[code] for code in again} == {"overload"}
    assert not is_temporary("mtarget", "30001")
