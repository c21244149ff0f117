"""The State's rule and the town's counter in one reply, on the real pages and the demonstration's town."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.install import for_tests
from core.settings import Settings
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from tools.evaluation.town import TownReply, measure_town, with_town


@pytest.fixture(scope="module")
def replies(engine: SearchService, tmp_path_factory: pytest.TempPathFactory) -> list[TownReply]:
    settings = for_tests(Settings())
    folder: Path = tmp_path_factory.mktemp("snapshots")
    return measure_town(settings, with_town(engine, snapshots_folder(settings.home), folder))


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_state_and_town_are_both_shown_in_the_right_order(replies: list[TownReply], channel: str) -> None:
    asked = [reply for reply in replies if reply.channel == channel]
    assert len(asked) == 40
    wrong = [reply.question for reply in asked if not reply.right]
    assert len(wrong) <= 0.1 * len(asked), wrong
