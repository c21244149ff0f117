"""Keywords by SMS, end to end: SUITE, the language, erasure, and what an erased message leaves behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from channels.sms.short_links import ShortLinks
from conversations.record.erasure import erase_closing
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, EntryRow, Erasure, Message, Reply, SeenMessage
from core.entry import Entry
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.waiting import until

LONG = " ".join(f"mot{n}" for n in range(200))


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, **twilio.settings)


async def has_sent(twilio: FakeTwilio, number: int) -> str:
    """The last text, once ``number`` have gone out."""

    async def enough() -> bool:
        return len(twilio.sent) >= number

    await until(enough)
    assert len(twilio.sent) == number
    return twilio.texts[-1]


async def count(database: Database, table: type) -> int:
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_suite_reads_on_to_the_end_and_other_commands_do_not_lose_the_place(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound(LONG))
        first = await has_sent(twilio, 2)
        await post(service.http, settings, inbound("aide"))
        assert "SUITE" in await has_sent(twilio, 3)
        parts = [first]
        while "La suite : SUITE" in parts[-1]:
            await post(service.http, settings, inbound("Suite !"))
            parts.append(await has_sent(twilio, len(twilio.sent) + 1))
        await post(service.http, settings, inbound("SUITE"))
        assert "pas de suite" in await has_sent(twilio, len(twilio.sent) + 1)
        assert len(service.rasa.handled) == 1
    assert len(parts) > 2
    said = " ".join(parts).split()
    assert [word for word in LONG.split() if not any(word in other for other in said)] == []
    async with database.read() as session:
        rows = await session.execute(select(Reply.entry, Reply.entry_version, Reply.snapshot).order_by(Reply.seq))
        provenance = rows.all()
    assert {tuple(row) for row in [provenance[0], *provenance[2:-1]]} == {("F1", 3, "s1")}


async def test_choices_survive_what_is_said_beside_them(settings: Settings, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        for number, text in enumerate(("choix", "aide", "contact", "7", "2"), 2):
            await post(service.http, settings, inbound(text))
            await has_sent(twilio, number)
        assert [said for _, said in service.rasa.handled] == ["choix", '/choose{"entry": "B"}']
    assert "joindre quelqu'un" in twilio.texts[3]
    assert "pas reconnu ce choix" in twilio.texts[4]


async def test_the_language_is_changed_by_a_word(settings: Settings, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("English"))
        assert "go on in English" in await has_sent(twilio, 1)
        await post(service.http, settings, inbound("help"))
        assert "Ask in your own words" in await has_sent(twilio, 2)
        await post(service.http, settings, inbound("LANGUE"))
        assert "en français" in await has_sent(twilio, 3)


async def test_effacer_erases_all_and_then_itself(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    asked = inbound("carte perdue")
    erasing = inbound("Effacer")
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, asked)
        await has_sent(twilio, 2)
        await post(service.http, settings, erasing)
        assert "effacée" in await has_sent(twilio, 3)
        assert (await count(database, Conversation), await count(database, Message)) == (1, 1)
        assert (await count(database, Erasure), await count(database, SeenMessage)) == (1, 1)
        for copy in (asked, erasing):  # somebody kept copies of the requests
            assert (await post(service.http, settings, copy)).status_code == 200
        assert await count(database, Message) == 1

        async def confirmed() -> bool:
            async with database.write() as session:  # two minutes later
                await session.execute(update(Conversation).values(last_at=now() - timedelta(minutes=2)))
            return await erase_closing(database) == 1

        await until(confirmed)
        assert await count(database, Conversation) == 0
        for copy in (asked, erasing):
            assert (await post(service.http, settings, copy)).status_code == 200
        assert await count(database, Message) == 0
        assert len(twilio.sent) == 3
        await post(service.http, settings, inbound("passeport"))
        await has_sent(twilio, 5)  # as a new number: who answers, then the answer
    assert "assistant automatique" in twilio.texts[3]


async def test_stop_outlives_erasure(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("STOP"))
        await has_sent(twilio, 1)
        await post(service.http, settings, inbound("EFFACER"))
        await post(service.http, settings, inbound("carte perdue"))
        await post(service.http, settings, inbound("START"))
        assert "nouveau" in await has_sent(twilio, 2)
    assert await count(database, Conversation) == 1


async def test_a_short_link_leads_to_the_source_and_nowhere_else(settings: Settings, database: Database) -> None:
    entry = Entry(id="F1341", collection="service-public", title="x", urls={"": "https://www.service-public.fr/F1341"})
    async with database.write() as session:
        for collection, status in (("old", "withdrawn"), ("service-public", "published")):
            session.add(
                EntryRow(
                    collection=collection,
                    id=entry.id,
                    locale="fr",
                    title="x",
                    version=1,
                    digest="d",
                    status=status,
                    content=entry.model_dump(mode="json"),
                )
            )
    code = ShortLinks(settings.secret_keys, settings.base_url).code("F1341")
    async with guichet(settings) as service:
        found = await service.http.get(f"/l/{code}", follow_redirects=False)
        assert (found.status_code, found.headers["location"]) == (303, "https://www.service-public.fr/F1341")
        assert found.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in found.headers
        for wrong in (
            code[:-1] + ("a" if code[-1] != "a" else "b"),
            "F1341",
            code.replace("F1341", "F1342"),
            "https:evil-aaaaaaaa",
        ):
            assert (await service.http.get(f"/l/{wrong}", follow_redirects=False)).status_code == 404
