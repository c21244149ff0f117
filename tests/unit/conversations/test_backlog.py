"""Who is told that an answer takes long, why, and for how long; and that it is told calmly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.web.update_stream import LateNotice
from conversations.client_updates.backlog import WORDS, Late, Waiting, late, minutes_to_wait
from conversations.wording import Wording
from core.database.base import now
from core.settings import ROOT

NOW = now()


def of(language: str, crowded: bool, minutes: int | None, messages: int = 1) -> Late:
    return Late(language, crowded, minutes, messages, NOW)


def waiting(conversation: str, seconds: float, messages: int = 1, language: str = "fr") -> Waiting:
    return Waiting(conversation, language, messages, NOW - timedelta(seconds=seconds))


def test_backlog_within_the_first_seconds_has_no_late_conversation() -> None:
    crowd = [waiting(f"c{number}", 3.5) for number in range(500)]
    assert late(crowd, 25, NOW) == {}


def test_backlog_in_a_crowd_estimates_the_wait() -> None:
    others = [waiting("first", 40, messages=20), *(waiting(f"c{number}", 30) for number in range(1480))]
    found = late([*others, waiting("mine", 5)], 10, NOW)
    assert found["mine"] == of("fr", True, 3, 1)  # 1,501 at ten a second, and some to spare
    assert found["first"] == of("fr", True, 1, 20)


def test_backlog_without_a_crowd_gives_no_cause_and_no_estimate() -> None:
    few = [waiting("other", 6, messages=9), waiting("mine", 5)]
    assert late(few, 25, NOW)["mine"] == of("fr", False, None, 1)
    # Twenty of one's own are no crowd either.
    assert late([waiting("mine", 5, messages=20)], 25, NOW)["mine"].crowded is False


def test_backlog_without_answers_gives_no_cause_and_no_estimate() -> None:
    stuck = [waiting(f"c{number}", 20) for number in range(300)]
    assert late(stuck, 0, NOW)["c299"] == of("fr", False, None, 1)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 1), (50, 1), (51, 2), (110, 2), (290, 5), (291, 10), (1_000, 20), (1_790, 30), (1_791, None), (1e6, None)],
)
def test_minutes_to_wait_are_rounded_up_in_steps(seconds: float, minutes: int | None) -> None:
    assert minutes_to_wait(seconds) == minutes


def test_late_text_differs_by_cause_and_minutes() -> None:
    wording = Wording.load(ROOT / "domain.yml")
    wording.require(WORDS)
    slow, crowd = of("fr", False, None, 1), of("fr", True, None, 1)
    told = [each.text(wording) for each in (slow, crowd, of("fr", True, 1, 1), of("en", True, 4, 1))]
    assert "plus de temps que d’habitude" in told[0]
    assert all("inutile de l’envoyer à nouveau" in text for text in told[:3])
    assert [("Beaucoup de personnes" in text, "moins d’une minute" in text) for text in told[:3]] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert told[3].startswith("Many people are writing")
    assert told[3].endswith("about 4 minutes.")


def test_late_notice_repeats_an_estimate_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("channels.web.update_stream.time.monotonic", lambda: clock[0])
    late_notice = LateNotice()
    late_notice.update(of("fr", True, 3, 1))
    clock[0] += 5
    late_notice.update(of("fr", True, 2, 1))
    assert late_notice.late is not None
    assert late_notice.late.minutes == 3  # read out five seconds ago
    late_notice.update(of("en", True, 2, 1))
    assert late_notice.late == of("en", True, 2, 1)  # who chose another language reads it at once
    clock[0] += 31
    late_notice.update(of("en", True, 1, 1))
    assert late_notice.late.minutes == 1
    clock[0] += 31
    late_notice.update(of("en", False, None, 1))  # as a crowd grows smaller
    assert late_notice.late.crowded
    late_notice.update(None)
    assert late_notice.late is None


def test_late_notice_lasts_until_the_last_waiting_message_is_answered() -> None:
    late_notice = LateNotice()
    late_notice.update(of("fr", True, 1, 2))
    late_notice.count_answered(0)  # what a human said, or the service by itself
    late_notice.count_answered(1)
    assert late_notice.late is not None
    late_notice.count_answered(1)
    assert late_notice.late is None
