"""Two Rasas over the same trackers: a conversation goes on where the one that it was with dies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from conversations.deadline import Deadline
from conversations.engine.rasa_client import EngineRequest, RasaClient
from conversations.engine.rasa_pool import RasaPool
from core.turns import ChoicesBlock, Turn
from tests.integration.rasa_support import SECRET, ActionServer, RasaServer, settings_for, trained_home
from tests.integration.servers import free_port

type Pair = dict[str, RasaServer]


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Address → Rasa."""
    settings = settings_for(trained_home())
    folder = tmp_path_factory.mktemp("rasa")
    actions, found = ActionServer(settings), {}
    actions.start()
    for _ in range(2):
        own = settings.model_copy(update={"rasa_port": free_port()})
        found[own.rasa_url] = RasaServer(own, folder)
        found[own.rasa_url].start()
    yield found
    for one in found.values():
        one.stop()
    actions.stop()


async def test_a_conversation_outlives_the_rasa_that_it_was_with(pair: Pair) -> None:
    engine, conversation = RasaClient(list(pair), SECRET, max_concurrent=2), uuid.uuid4().hex

    async def say(number: int, text: str | None = None, *, payload: str | None = None) -> Turn:
        request = EngineRequest(
            conversation=conversation, message_id=f"m{number}", channel="web", language="fr", text=text, payload=payload
        )
        return await engine.turn(request, deadline=Deadline.after(30).at)

    asked = await say(1, "comment demander un passeport")
    (choices,) = (block for block in asked.blocks if isinstance(block, ChoicesBlock) and block.purpose == "cases")
    with_it = RasaPool(list(pair), SECRET, max_concurrent=1).ranked(conversation)[0].url
    shown = await say(2, payload=choices.options[1].payload)
    pair[with_it].kill()
    repeated = await say(2, payload=choices.options[1].payload)
    further = await say(3, "comment demander un passeport")
    await engine.close()
    assert (asked.outcome, shown.replayed, repeated.replayed) == ("answered", False, True)
    assert repeated.blocks == shown.blocks
    assert further.outcome == "answered"  # the situation is still known
