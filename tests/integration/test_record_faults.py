"""A record that is full or read-only for a while: a worker takes its messages again once it can write.

That nothing is acknowledged meanwhile: tests/acceptance/test_storage_faults.py."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.settings import Settings
from tests.integration.channels_support import FakeRasa, guichet, settings_for, working
from tests.integration.record_troubles import TROUBLES, trouble_of
from tests.waiting import until

_DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture
async def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(database_url, _DEAD, tmp_path)


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_worker_goes_on_by_itself_once_it_can_write_again(settings: Settings, kind: str) -> None:
    # Pages of traceback for each failure would hold up the loop that gateway, worker and this test share.
    with capture_logs():
        turns, handled, asked = await _through_the_trouble(settings, kind)
    assert [turn["reply"]["in_reply_to"] for turn in turns] == [turn["message"]["id"] for turn in turns]
    assert handled[-1] == "et maintenant"
    assert len(handled) == len(turns) == asked  # each once, none left out


async def _through_the_trouble(settings: Settings, kind: str) -> tuple[list[dict[str, Any]], list[str], int]:
    """The conversation, what the engine handled, and how many messages were acknowledged."""
    async with guichet(settings) as service, working(settings) as worker:
        citizen = await service.citizen()
        await citizen.post("bonjour")
        await citizen.answered(1)
        trouble = trouble_of(worker.database)
        asked = 1
        while True:  # what is left of the last pages is still used
            service.rasa.gate.clear()  # the trouble comes between the acknowledgement and the answer
            assert (await citizen.post("carte perdue " * 50)).status_code == 202
            asked += 1
            await until(partial(_reached, service.rasa, asked))
            await trouble.begin(kind)
            service.rasa.gate.set()
            with suppress(TimeoutError):
                await citizen.answered(asked, seconds=2)
                await trouble.end()
                continue
            break
        await trouble.end()
        await citizen.post("et maintenant")
        await citizen.answered(asked + 1)
        return await citizen.history(), [text for _, text in service.rasa.handled], asked + 1


async def _reached(rasa: FakeRasa, calls: int) -> bool:
    return rasa.calls >= calls
