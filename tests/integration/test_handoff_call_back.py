"""A call-back's number: kept from consent on and nowhere else, and gone when it has to be. On SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from conversations.record.erasure import erase_rows
from conversations.record.retention import apply_retention
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Handoff, Message
from core.privacy.addresses import Addresses
from core.settings import Settings
from supervision.handoffs.call_back import delete_unfinished_forms
from supervision.handoffs.handoff_actions import Refused
from supervision.handoffs.listing import list_handoffs, number_of
from supervision.handoffs.teams import set_team
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.handoff_support import ask, desk_of, handoffs, outcomes
from tests.integration.sms_support import PHONE, FakeTwilio, inbound, post
from tests.waiting import until

NUMBER, E164 = "01 99 00 12 34", "+33199001234"
ADDRESSES = Addresses("address-key")


async def test_call_back_goes_to_the_team_that_the_citizen_waited_for(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        async with database.write() as session:
            await set_team(session, "accueil", themes=[], languages=[], actor="test")
        await ask(citizen, "humain")
        async with database.write() as session:
            await session.execute(update(Handoff).values(team="social"))  # a supervisor handed it over
        for said in ("rappel", f"c'est le {NUMBER}", "c'est bon"):
            await ask(citizen, said)
    assert [(row.kind, row.state, row.team) for row in await handoffs(database)] == [
        ("chat", "cancelled", "social"),
        ("call_back", "waiting", "social"),
    ]


async def test_a_form_that_is_being_filled_in_survives_a_claim(settings: Settings, database: Database) -> None:
    """The number and the confirmation go to the form; what has nothing to do with it is for the human who took over."""
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        await ask(citizen, "humain")
        await ask(citizen, "rappel")
        (chat,) = [row for row in await handoffs(database) if row.kind == "chat"]
        await desk.claim(chat.id, "anne")
        await ask(citizen, f"c'est le {NUMBER}")
        assert (await ask(citizen, "carte perdue"))["outcome"] == "human", "the assistant answers nothing beside the form"
        assert (await ask(citizen, "c'est bon"))["outcome"] == "handoff_offline"
        assert (await ask(citizen, "carte perdue"))["outcome"] == "human"
        asked = [row for row in await handoffs(database) if row.kind == "call_back"]
        assert [(row.state, row.number_hint, row.collecting_since) for row in asked] == [("waiting", "•• 34", None)]
        claim = await desk.claim(asked[0].id, "anne")
        assert await number_of(database, ADDRESSES, claim) == E164


async def test_the_number_is_kept_from_consent_on_and_only_there(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        early = await ask(citizen, f"rappelez-moi au {NUMBER}")
        assert early["blocks"][0]["type"] == "notice"  # masked, and said
        assert await handoffs(database) == []
        await ask(citizen, "rappel")
        assert await list_handoffs(database) == []  # a draft is nobody's business
        kept = await ask(citizen, f"c'est le {NUMBER}")
        assert kept["blocks"][0]["type"] != "notice"
        await ask(citizen, "non, le 01 99 00 55 66")
        await ask(citizen, f"pardon, {NUMBER}")
        await ask(citizen, "c'est bon")
        (listed,) = await list_handoffs(database)
        assert (listed.kind, listed.state, listed.number) == ("call_back", "waiting", "•• 34")
        assert (listed.subject, listed.best_time) == ("passeport", "lundi matin")
        await ask(citizen, "et aussi le 01 99 00 77 88 pour ma mère")  # after the form nothing is taken any more
        claim = await desk.claim(listed.id, "anne")
        assert await number_of(database, ADDRESSES, claim) == E164
        assert (await ask(citizen, "bonjour"))["outcome"] == "answered"  # a call does not silence the bot
        await desk.close(claim)
        assert (await handoffs(database))[0].number is None
        with pytest.raises(Refused):
            await number_of(database, ADDRESSES, claim)
    assert not any("99 00" in said for _, said in service.rasa.handled)
    async with database.read() as session:
        texts = list((await session.execute(select(Message.text))).scalars())
    assert not any("99 00" in (text or "") for text in texts)


async def test_a_form_that_is_given_up_leaves_nothing(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "rappel")
        await ask(citizen, NUMBER)
        await ask(citizen, "abandon")
        assert await handoffs(database) == []
        assert (await ask(citizen, "c'est bon"))["outcome"] == "fallback"  # nothing to call: nobody is told that all is well


async def test_a_second_form_that_is_given_up_keeps_the_first_request(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for said in ("rappel", NUMBER, "c'est bon", "rappel", "abandon"):
            await ask(citizen, said)
    (row,) = await handoffs(database)
    assert (row.state, row.collecting_since, row.number_hint) == ("waiting", None, "•• 34")


async def test_who_asks_again_is_called_once_about_both(settings: Settings, database: Database) -> None:
    """Before, the second subject took the place of the first, which nobody heard of again."""
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for said in ("rappel", NUMBER, "c'est bon"):
            await ask(citizen, said)
        async with database.write() as session:
            await session.execute(update(Handoff).values(subject="carte grise"))
        for _ in range(2):
            for said in ("rappel", "01 99 00 55 66", "c'est bon"):
                await ask(citizen, said)
    (row,) = await handoffs(database)
    assert (row.subject, row.number_hint, row.state) == ("carte grise ; passeport", "•• 66", "waiting")


async def test_a_call_is_wanted_instead_of_waiting(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for said in ("humain", "rappel", NUMBER, "c'est bon"):
            await ask(citizen, said)
    assert [(row.kind, row.state) for row in await handoffs(database)] == [("chat", "cancelled"), ("call_back", "waiting")]


async def test_what_nobody_finished_is_forgotten_after_an_hour(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        for finished in (False, True):
            citizen = await service.citizen()
            for said in ("rappel", NUMBER, *(("c'est bon", "rappel") if finished else ())):
                await ask(citizen, said)
    await delete_unfinished_forms(database)
    assert len(await handoffs(database)) == 2
    async with database.write() as session:
        await session.execute(update(Handoff).values(collecting_since=now() - timedelta(minutes=61)))
    await delete_unfinished_forms(database)
    (row,) = await handoffs(database)
    assert (row.state, row.collecting_since) == ("waiting", None)


async def test_erasure_and_retention_take_the_number_along(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        erased, old = await service.citizen(), await service.citizen()
        for citizen in (erased, old):
            for said in ("rappel", NUMBER, "c'est bon"):
                await ask(citizen, said)
    async with database.write() as session:
        await erase_rows(session, [erased.conversation])
    (row,) = await handoffs(database)
    assert row.conversation_id == old.conversation
    async with database.write() as session:
        await session.execute(update(Handoff).values(created_at=now() - timedelta(days=91)))
    await apply_retention(database, days=90)  # the conversation itself goes on
    assert await handoffs(database) == []
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Conversation))).scalar_one() == 1


async def test_by_sms_the_senders_own_number_can_be_called_and_a_human_answers_by_the_same_way(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        say = partial(_say, service.http, settings, database)
        for number, said in enumerate(("rappel", "ce téléphone", "humain"), 1):
            await say(said, number)
        call, chat = await handoffs(database)
        assert (call.state, call.number_hint, chat.kind) == ("waiting", "•• 01", "chat")
        assert await number_of(database, ADDRESSES, await desk.claim(call.id, "anne")) == PHONE
        claim = await desk.claim(chat.id, "anne")
        await desk.reply(claim, "Bonjour, que puis-je pour vous ?")
        await desk.reply(claim, "Je suis là.")
        await until(lambda: _sent(twilio, "Je suis là."))
        assert [text for text in twilio.texts if "puis-je" in text or "là." in text] == [
            "Bonjour, que puis-je pour vous ?",
            "Je suis là.",
        ]
        await say("une question", 4)
        assert await outcomes(database) == ["handoff_offline", "handoff_offline", "handoff_waiting", "human"]
        await say("STOP", 5)
        with pytest.raises(Refused, match="opted_out"):
            await desk.reply(claim, "Vous êtes encore là ?")


async def _say(http: httpx.AsyncClient, settings: Settings, database: Database, text: str, number: int) -> None:
    await post(http, settings, inbound(text))

    async def answered() -> bool:
        known = await outcomes(database)
        return len(known) == number and None not in known

    await until(answered)


async def _sent(twilio: FakeTwilio, text: str) -> bool:
    return text in twilio.texts
