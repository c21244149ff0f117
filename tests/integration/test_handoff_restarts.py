"""A human goes on answering, and the bot stays silent, while gateway, worker and Redis come and go. On both databases."""

from __future__ import annotations

import asyncio

from core.database import Database
from core.settings import Settings
from tests.integration.channels_support import Citizen, guichet, working
from tests.integration.handoff_support import ask, desk_of, handoffs, outcomes, said_unasked
from tests.integration.servers import RedisServer


async def test_the_human_keeps_the_word_through_every_restart(
    settings: Settings, database: Database, redis_server: RedisServer
) -> None:
    async with guichet(settings) as service:
        async with working(settings):
            citizen = await service.citizen()
            await ask(citizen, "humain")
            (row,) = await handoffs(database)
            async with desk_of(settings, database) as desk:
                claim = await desk.claim(row.id, "anne")
            await ask(citizen, "un")
        await citizen.post("deux")  # no worker: it waits
        async with working(settings):
            await citizen.answered(4)
            redis_server.stop()
            await ask(citizen, "trois")
            async with desk_of(settings, database) as desk:
                await desk.reply(claim, "Je suis toujours là.")  # without Redis
            await asyncio.to_thread(redis_server.start)
            await ask(citizen, "quatre")
        calls = service.rasa.calls
        token, conversation = citizen.token, citizen.conversation
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        back = Citizen(service.http, conversation, token)
        await ask(back, "cinq")
        await desk.reply(claim, "Encore là.")
        assert service.rasa.calls == 0
        await desk.close(claim, to_bot=True)
        assert (await ask(back, "passeport"))["outcome"] == "answered"
    assert calls == 1  # the wish for a human
    assert await outcomes(database) == ["handoff_waiting", *["human"] * 5, "answered"]
    said = [block["text"] for block in await said_unasked(database, conversation) if block["type"] == "text"]
    assert said == ["Je suis toujours là.", "Encore là."]
