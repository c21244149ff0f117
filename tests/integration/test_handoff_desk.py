"""From asking for a human to the supervisor's answer and back to the bot. On SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from conversations.record.opening import open_conversation
from core.database import Database
from core.database.models import Handoff
from core.handoff import Kind, Reason, State
from core.settings import Settings
from core.turns import Origin
from supervision.handoffs.handoff_actions import Claim, Refused
from supervision.handoffs.listing import list_handoffs
from tests.integration.channels_support import SECRET, Citizen, guichet, working
from tests.integration.handoff_support import ask, desk_of, handoffs, said_unasked


async def _waiting(database: Database, identifier: str = "h1") -> str:
    """A conversation that waits for a human."""
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        await session.flush()
        session.add(
            Handoff(id=identifier, conversation_id=conversation.id, kind=Kind.CHAT, state=State.WAITING, reason=Reason.ASKED)
        )
    return conversation.id


async def test_a_citizen_waits_is_answered_and_returned_to_the_bot(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        await ask(citizen, "carte perdue")
        waiting = await ask(citizen, "humain")
        assert waiting["outcome"] == "handoff_waiting"
        assert [block["text"] for block in waiting["blocks"]][1] == "Votre place dans la file d’attente\N{NO-BREAK SPACE}: 1."
        assert (await ask(citizen, "passeport"))["outcome"] == "answered"  # the bot goes on meanwhile
        (listed,) = await list_handoffs(database)
        assert (listed.state, listed.reason, listed.subject, listed.place) == ("waiting", "asked", "carte perdue", 1)

        claim = await desk.claim(listed.id, "anne")
        said = len(service.rasa.handled)
        silent = await ask(citizen, "vous êtes là ?")
        assert (silent["outcome"], silent["blocks"]) == ("human", [])
        assert len(service.rasa.handled) == said  # the bot was not even asked
        await desk.reply(claim, " Bonjour, je regarde. ")
        await desk.close(claim, to_bot=True)
        assert (await ask(citizen, "merci"))["outcome"] == "answered"
        notices = await said_unasked(database, citizen.conversation)
        pushed = [turn["reply"]["outcome"] for turn in await citizen.history() if turn["message"] is None]
    assert [block["type"] for block in notices] == ["notice", "text", "notice"]
    assert notices[1]["text"] == "Bonjour, je regarde."
    assert pushed == ["human"] * 3
    (row,) = await handoffs(database)
    assert (row.state, row.owner) == ("returned", "anne")
    assert row.created_at <= row.claimed_at <= row.closed_at  # type: ignore[operator]


async def test_who_writes_english_is_told_about_the_handoff_in_english(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        waiting = await ask(citizen, "please let me speak with a person")
        assert "Your place in the queue: 1" in waiting["blocks"][1]["text"].replace("\N{NO-BREAK SPACE}", "")
        (listed,) = await list_handoffs(database)
        await desk.claim(listed.id, "anne")
        (notice,) = await said_unasked(database, citizen.conversation)
    assert "answering you" in notice["text"]


async def test_asking_again_keeps_the_place_and_giving_up_frees_it(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        first, second = await service.citizen(), await service.citizen()
        await ask(first, "humain")
        assert "2" in (await ask(second, "humain"))["blocks"][1]["text"]
        assert "1" in (await ask(first, "humain"))["blocks"][1]["text"]
        await ask(first, "annuler")
        assert "1" in (await ask(second, "humain"))["blocks"][1]["text"]
    assert [row.state for row in await handoffs(database)] == ["cancelled", "waiting"]


async def test_outside_hours_the_wish_is_noted_and_can_be_answered_later(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        assert (await ask(citizen, "la nuit"))["outcome"] == "handoff_offline"
        (row,) = await handoffs(database)
        assert row.state == State.OFFLINE
        await desk.reply(await desk.claim(row.id, "anne"), "Bonjour, vous aviez une question hier soir.")
        assert (await said_unasked(database, citizen.conversation))[-1]["text"].startswith("Bonjour")


async def test_a_crisis_is_flagged_and_comes_first(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        calm, worried = await service.citizen(), await service.citizen()
        await ask(calm, "humain")
        assert (await ask(worried, "danger"))["outcome"] == "crisis"
        first, second = await list_handoffs(database)
        assert (first.state, first.reason, first.alert, first.subject) == ("flagged", "crisis", True, "danger")
        assert second.conversation == calm.conversation
        place = (await ask(worried, "humain"))["blocks"][1]["text"]
        assert "1" in place  # ahead of those who waited before
    assert [row.state for row in await handoffs(database)] == ["waiting", "waiting"]


async def test_what_a_benchmark_asks_keeps_no_supervisor_busy(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        secret = {"X-Guichet-Secret": SECRET}
        opened = (await service.http.post("/api/web/conversations", json={"origin": "bench"}, headers=secret)).json()
        bench = Citizen(service.http, opened["conversation"], opened["token"])
        await ask(bench, "humain")
        assert (await ask(bench, "danger"))["outcome"] == "crisis"
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (listed,) = await list_handoffs(database)
        assert (listed.conversation, listed.place) == (citizen.conversation, 1)


async def test_a_danger_gets_its_numbers_also_while_a_human_answers(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        await desk.claim(row.id, "anne")
        reply = await ask(citizen, "je veux mourir")
        assert reply["outcome"] == "crisis"
        assert "3114" in reply["text"]
        assert [block["type"] for block in reply["blocks"]] == ["text"]  # no offer of a human: one is there
    (row,) = await handoffs(database)
    assert (row.state, row.alert, row.subject) == ("claimed", True, "je veux mourir")  # not what was asked before it


async def test_the_subject_is_what_was_written_not_the_button_that_was_pressed(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        offered = (await ask(citizen, "choix"))["blocks"][-1]["options"][0]
        assert (await ask(citizen, None, payload=offered["payload"]))["outcome"] == "answered"
        await ask(citizen, "humain")
    (row,) = await handoffs(database)
    assert row.subject == "choix"


async def test_who_asks_for_a_person_at_once_is_listed_with_their_own_words(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        await ask(await service.citizen(), "humain")
    (row,) = await handoffs(database)
    assert row.subject == "humain", "before: no question at all"


async def test_after_two_failures_a_human_is_offered(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        assert len((await ask(citizen, "introuvable"))["blocks"]) == 1
        offered = (await ask(citizen, "introuvable"))["blocks"][-1]
        assert offered["type"] == "choices"
        reply = await ask(citizen, None, payload=offered["options"][0]["payload"])
        assert reply["outcome"] == "handoff_waiting"
        assert len((await ask(citizen, "introuvable"))["blocks"]) == 1  # who waits is not offered it again
    (row,) = await handoffs(database)
    assert (row.reason, row.subject) == ("failures", "introuvable")


async def test_what_nobody_holds_may_be_closed_by_who_looked(settings: Settings, database: Database) -> None:
    conversation = await _waiting(database)
    async with desk_of(settings, database) as desk:
        await desk.close(Claim("h1", "anne", 0))
    assert len(await said_unasked(database, conversation)) == 1


async def _is(truth: bool) -> bool:
    return truth


async def _refused(move: object, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        await move  # type: ignore[misc]
    assert refusal.value.reason == reason


async def test_a_reply_sent_twice_under_one_id_goes_out_once(settings: Settings, database: Database) -> None:
    """A line that broke after the reply went out: the console says it again, and the citizen reads it once."""
    conversation, other = await _waiting(database), await _waiting(database, "h2")
    async with desk_of(settings, database) as desk:
        claim, elsewhere = await desk.claim("h1", "anne"), await desk.claim("h2", "anne")
        for _ in range(2):
            assert await desk.reply(claim, "Venez lundi.", reply="a" * 32) == "a" * 32
        with pytest.raises(Refused, match="unknown"):
            await desk.reply(elsewhere, "Venez mardi.", reply="a" * 32)
        assert await desk.reply(claim, "Venez lundi.") != "a" * 32
    texts = [block["text"] for block in await said_unasked(database, conversation) if block["type"] == "text"]
    assert texts == ["Venez lundi."] * 2
    assert all(block["type"] == "notice" for block in await said_unasked(database, other))
