"""Presence, capacity, teams, transfer, notes and the waiting time. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from conversations.record.opening import open_conversation
from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, Handoff, Presence
from core.handoff import Kind, Reason, State
from core.settings import Settings
from core.turns import Origin
from supervision.handoffs.absence import release_abandoned
from supervision.handoffs.handoff_actions import Claim, Refused
from supervision.handoffs.listing import list_handoffs
from supervision.handoffs.notes import add_label, drop_label, labels_of, notes_of, write_note
from supervision.handoffs.presence import Duty, leave, present_supervisors, record_presence
from supervision.handoffs.saved_replies import drop_reply, save_reply, saved_replies
from supervision.handoffs.supervisor_actions import SupervisorActions
from supervision.handoffs.teams import drop_team, set_team
from tests.integration.channels_support import guichet, working
from tests.integration.handoff_support import ask, desk_of, handoffs, said_unasked
from tests.waiting import until

_LONG = timedelta(minutes=2)


@pytest.fixture
async def desk(settings: Settings, database: Database) -> AsyncIterator[SupervisorActions]:
    async with desk_of(settings, database) as desk:
        yield desk


async def _waiting(database: Database, identifier: str = "h1", **more: object) -> str:
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN)
        await session.flush()
        values = {"kind": Kind.CHAT, "state": State.WAITING, "reason": Reason.ASKED, "waiting_since": now()} | more
        session.add(Handoff(id=identifier, conversation_id=conversation.id, **values))
    return conversation.id


async def _refused(move: object, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        await move  # type: ignore[misc]
    assert refusal.value.reason == reason


async def test_five_hundred_races_have_one_owner_each_and_the_other_is_told_who(settings: Settings, database: Database) -> None:
    rounds = 500
    conversations = [await _waiting(database, f"round{number}") for number in range(rounds)]
    async with desk_of(settings, database) as one, desk_of(settings, database) as other:
        for number in range(rounds):
            identifier = f"round{number}"
            moves = [one.claim(identifier, "anne"), other.claim(identifier, "paul")]
            results = await asyncio.gather(*moves[:: 1 if number % 2 else -1], return_exceptions=True)
            (won,) = [result for result in results if isinstance(result, Claim)]
            (lost,) = [result for result in results if isinstance(result, Refused)]
            assert (lost.reason, lost.owner) == ("claimed", won.owner)
    rows = await handoffs(database)
    assert {(row.state, row.fencing) for row in rows} == {(State.CLAIMED, 1)}
    for conversation in conversations[:: rounds // 20]:
        assert len(await said_unasked(database, conversation)) == 1


async def test_who_disappears_loses_the_conversation_and_the_citizen_is_told_once(
    database: Database, desk: SupervisorActions
) -> None:
    conversation = await _waiting(database)
    await record_presence(database, Duty("anne", 3), _LONG)
    claim = await desk.claim("h1", "anne")
    assert await release_abandoned(database, desk) == 0
    async with database.write() as session:
        await session.execute(update(Presence).values(until=now() - timedelta(seconds=1)))
    assert sum(await asyncio.gather(*(release_abandoned(database, desk) for _ in range(4)))) == 1
    (row,) = await handoffs(database)
    assert (row.state, row.owner) == (State.WAITING, None)
    await _refused(desk.reply(claim, "je suis revenue"), "not_yours")
    texts = [block["text"] for block in await said_unasked(database, conversation)]
    assert len(texts) == 2
    assert "absenter" in texts[1]


async def test_a_worker_gives_back_what_was_abandoned(settings: Settings, database: Database, desk: SupervisorActions) -> None:
    async with guichet(settings) as service, working(settings, sweep_seconds=0.05):
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        await desk.claim(row.id, "anne")
        await record_presence(database, Duty("anne", 3), timedelta(seconds=-1))

        async def waits() -> bool:
            return (await handoffs(database))[0].state == State.WAITING

        await until(waits)
        assert (await ask(citizen, "passeport"))["outcome"] == "answered"  # the bot answers again
    assert len(await said_unasked(database, citizen.conversation)) == 2


async def test_a_sign_of_life_keeps_the_claim_and_never_shortens_it(database: Database, desk: SupervisorActions) -> None:
    await _waiting(database)
    await desk.claim("h1", "anne")  # at a terminal: half an hour
    async with database.read() as session:
        (present,) = await present_supervisors(session)
        assert (present.duty.name, present.duty.available, present.claims) == ("anne", False, 1)
    await record_presence(database, Duty("anne", 2, teams=("urbanisme",)), _LONG)
    await leave(database, "anne")
    async with database.read() as session:
        (present,) = await present_supervisors(session)
    assert (present.duty.capacity, present.duty.teams, present.duty.available) == (2, ("urbanisme",), False)


async def test_nobody_holds_more_than_they_can_even_by_claims_at_once(database: Database, desk: SupervisorActions) -> None:
    for number in range(6):
        await _waiting(database, f"h{number}")
    await record_presence(database, Duty("anne", 2), _LONG)
    moves = (desk.claim(f"h{number}", "anne") for number in range(6))
    results = await asyncio.gather(*moves, return_exceptions=True)
    assert sum(isinstance(result, Claim) for result in results) == 2
    assert {result.reason for result in results if isinstance(result, Refused)} == {"full"}


async def test_a_transfer_changes_the_owner_and_leaves_a_note(database: Database, desk: SupervisorActions) -> None:
    conversation = await _waiting(database)
    claim = await desk.claim("h1", "anne")
    await _refused(desk.transfer(claim, "paul", "À toi"), "absent")
    await record_presence(database, Duty("paul", 1), _LONG)
    await _refused(desk.transfer(claim, "paul", " "), "blank")
    await desk.transfer(claim, "paul", "Son numéro : 06 39 98 00 01")
    (row,) = await handoffs(database)
    assert (row.state, row.owner, row.fencing) == (State.CLAIMED, "paul", 2)
    await _refused(desk.reply(claim, "encore moi"), "not_yours")
    async with database.read() as session:
        (note,) = await notes_of(session, conversation)
    assert (note.kind, note.author) == ("transfer", "anne")
    assert "06" not in note.text  # masked like all that is kept
    assert len(await said_unasked(database, conversation)) == 2
    await _waiting(database, "h2")
    other = await desk.claim("h2", "anne")
    await _refused(desk.transfer(other, "paul", "Encore"), "full")


async def test_a_transfer_to_a_team_waits_in_its_queue(database: Database, desk: SupervisorActions) -> None:
    conversation = await _waiting(database)
    claim = await desk.claim("h1", "anne")
    await _refused(desk.transfer(claim, "team:urbanisme", "Permis"), "unknown")
    async with database.write() as session:
        await set_team(session, "urbanisme", themes=["logement"], languages=[], actor="anne")
    await desk.transfer(claim, "team:urbanisme", "Permis")
    (listed,) = await list_handoffs(database)
    assert (listed.state, listed.team, listed.owner, listed.place) == ("waiting", "urbanisme", None, 1)
    assert "autre équipe" in (await said_unasked(database, conversation))[-1]["text"]
    async with database.write() as session:
        assert await drop_team(session, "urbanisme", actor="anne")
        assert not await drop_team(session, "urbanisme", actor="anne")
        with pytest.raises(ValueError, match="name"):
            await set_team(session, "Pas bon", themes=[], languages=[], actor="anne")
    assert [row.team for row in await handoffs(database)] == [""]  # everybody's again


async def test_the_bot_takes_over_with_a_summary(database: Database, desk: SupervisorActions) -> None:
    conversation = await _waiting(database)
    claim = await desk.claim("h1", "anne")
    await desk.close(claim, to_bot=True, summary="Apportez deux photos.")
    said = await said_unasked(database, conversation)
    assert [block["type"] for block in said] == ["notice", "text", "notice"]
    assert said[1]["text"] == "Apportez deux photos."
    async with database.read() as session:
        assert [(note.kind, note.text) for note in await notes_of(session, conversation)] == [
            ("summary", "Apportez deux photos.")
        ]


async def test_a_conversation_goes_to_the_team_of_its_subject(settings: Settings, database: Database) -> None:
    async with database.write() as session:
        await set_team(session, "etat-civil", themes=["papiers"], languages=[], actor="anne")
        await set_team(session, "urbanisme", themes=["logement"], languages=[], actor="anne")
        content = {"theme": ["Papiers - Citoyenneté", "Identité"]}
        session.add(EntryRow(collection="c", id="F1", locale="fr", title="Carte", version=3, digest="d", content=content))
    async with guichet(settings) as service, working(settings):
        about, nothing = await service.citizen(), await service.citizen()
        await ask(about, "carte perdue")  # answered by F1
        await ask(nothing, "humain")
        text = (await ask(about, "humain"))["blocks"][1]["text"]
    assert text == "Votre place dans la file d’attente\N{NO-BREAK SPACE}: 1."  # each team has its queue
    assert {row.team for row in await handoffs(database)} == {"etat-civil", ""}


async def test_the_wait_is_said_once_it_is_known(settings: Settings, database: Database) -> None:
    begun = now() - timedelta(hours=2)
    for number in range(6):
        times = {
            "waiting_since": begun,
            "claimed_at": begun + timedelta(minutes=1),
            "closed_at": begun + timedelta(minutes=13),
        }
        await _waiting(database, f"past{number}", state=State.CLOSED, owner="anne", **times)
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        assert "minutes" not in (await ask(citizen, "humain"))["text"]  # nobody is there
        await record_presence(database, Duty("anne", 1), _LONG)
        assert "environ 5 minutes" in (await ask(citizen, "humain"))["text"]
        second = await service.citizen()
        assert (
            "2. Attente estimée d’après les échanges récents\N{NO-BREAK SPACE}: environ 15 minutes"
            in (await ask(second, "humain"))["text"]
        )


async def test_unread_messages_are_counted_for_the_owner(
    settings: Settings, database: Database, desk: SupervisorActions
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        await desk.claim(row.id, "anne")
        await ask(citizen, "vous êtes là ?")
        await ask(citizen, "merci")
        assert [listed.unread for listed in await list_handoffs(database)] == [2]


async def test_labels_notes_and_saved_replies(database: Database) -> None:
    conversation = await _waiting(database)
    async with database.write() as session:
        assert await add_label(session, conversation, "anne", "  À  Rappeler ") == "à rappeler"
        await add_label(session, conversation, "paul", "à rappeler")
        await add_label(session, conversation, "paul", "urbanisme")
        await drop_label(session, conversation, "Urbanisme")
        write_note(session, conversation, "anne", "pressé")
        await save_reply(session, shortcut="bonjour", language="fr", text="Bonjour.", author="anne")
        await save_reply(session, shortcut="bonjour", language="fr", text="Bonjour, je regarde.", author="paul")
        with pytest.raises(ValueError, match="shortcut"):
            await save_reply(session, shortcut="Pas bon", language="fr", text="x", author="anne")
    async with database.write() as session:
        assert list(await labels_of(session, conversation)) == ["à rappeler"]
        (saved,) = await saved_replies(session)
        assert (saved.text, saved.author) == ("Bonjour, je regarde.", "paul")
        assert await drop_reply(session, saved.id)
        assert not await drop_reply(session, saved.id)
