"""Somebody else's conversation: its token, its stream, its buttons, its message ids; and two supervisors who want the same one.

On SQLite and on PostgreSQL: of those who race, the record decides.
"""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode

import pytest
from itsdangerous import URLSafeTimedSerializer
from websockets.asyncio.client import connect

from conversations.record.opening import open_conversation
from conversations.signing import Signing
from core.database import Database
from core.database.models import Handoff
from core.handoff import Kind, Reason, State
from core.settings import Settings
from core.turns import Origin
from supervision.handoffs.handoff_actions import Claim, Refused
from tests.integration.channels_support import Citizen, guichet, working
from tests.integration.handoff_support import ask, desk_of, handoffs, said_unasked
from tests.integration.streams_support import closed, events, take
from tests.waiting import until


async def test_nobody_else_sees_a_conversation(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen, stranger = await service.citizen(), await service.citizen()
        async with events(stranger) as others:
            await citizen.post("un")
            await citizen.answered(1)
            await stranger.post("à moi", "mine")
            (event,) = await take(others, 1)
        assert event["in_reply_to"] == "mine"
        assert [turn["message"]["text"] for turn in await stranger.history()] == ["à moi"]


@pytest.mark.parametrize("hello", ['{"type":"hello","token":"forged"}', '{"type":"message","id":"1","text":"x"}', "no json"])
async def test_a_socket_without_a_good_token_is_closed(settings: Settings, hello: str) -> None:
    async with guichet(settings) as service, connect(f"ws://127.0.0.1:{settings.port}/api/web/socket") as connection:
        await service.citizen()
        await connection.send(hello)
        async with asyncio.timeout(5):
            await closed(connection)
        assert connection.close_code == 4401


async def test_a_button_works_in_its_own_conversation_only(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen, stranger = await service.citizen(), await service.citizen()
        await citizen.post("choix")
        (reply,) = await citizen.answered(1)
        signed = reply["blocks"][0]["options"][1]["payload"]
        assert "choose" not in signed
        said, signature = signed.rsplit(".", 1)
        forged = f"{said}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"  # its last letters hold bits that say nothing
        for refused in (
            await stranger.post(None, payload=signed),
            await citizen.post(None, payload='/choose{"entry": "B"}'),
            await citizen.post(None, payload=forged),
        ):
            assert refused.status_code == 400
            assert refused.json()["code"] == "choice_expired"
        assert (await citizen.post(None, payload=signed)).status_code == 202
        await citizen.answered(2)
        assert (await citizen.history())[1]["message"]["text"] == "Choix B"
    assert service.rasa.handled[-1] == (citizen.conversation, '/choose{"entry": "B"}')


async def test_of_two_supervisors_one_gets_it_and_the_other_is_told_who(settings: Settings, database: Database) -> None:
    async with desk_of(settings, database) as one, desk_of(settings, database) as other:
        for number in range(60):
            identifier = f"round{number}"
            conversation = await _waiting(database, identifier)
            results = await asyncio.gather(
                one.claim(identifier, "anne"), other.claim(identifier, "paul"), return_exceptions=True
            )
            (won,) = [result for result in results if isinstance(result, Claim)]
            (lost,) = [result for result in results if isinstance(result, Refused)]
            assert (lost.reason, lost.owner) == ("claimed", won.owner)
            assert len(await said_unasked(database, conversation)) == 1
    assert {row.fencing for row in await handoffs(database)} == {1}


async def test_a_move_of_an_earlier_claim_is_refused(settings: Settings, database: Database) -> None:
    await _waiting(database)
    async with desk_of(settings, database) as desk:
        early = await desk.claim("h1", "anne")
        assert await desk.claim("h1", "anne") == early
        await desk.release(early)
        await _refused(desk.reply(early, "trop tard"), "not_yours")
        late = await desk.claim("h1", "paul")
        await desk.release(late)
        again = await desk.claim("h1", "anne")
        assert (early.fencing, again.fencing) == (1, 3)
        await _refused(desk.reply(early, "une vieille fenêtre"), "not_yours")
        await _refused(desk.close(late), "not_yours")
        await _refused(desk.reply(again, "  "), "blank")
        await _refused(desk.reply(again, "x" * 641), "too_long")
        await desk.close(again)
        await _refused(desk.reply(again, "après la fin"), "ended")
        await _refused(desk.claim("h1", "paul"), "ended")
        await _refused(desk.claim("h2", "paul"), "unknown")
    (row,) = await handoffs(database)
    assert (row.state, row.fencing) == ("closed", 3)


async def test_a_claim_during_the_bots_turn_leaves_the_word_to_the_human(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings), desk_of(settings, database) as desk:
        citizen = await service.citizen()
        await ask(citizen, "humain")
        (row,) = await handoffs(database)
        service.rasa.gate.clear()
        calls = service.rasa.calls
        await citizen.post("passeport")
        await until(lambda: _is(service.rasa.calls > calls))
        await desk.claim(row.id, "anne")
        service.rasa.gate.set()
        replies = await citizen.answered(3)
    assert [reply["outcome"] for reply in replies if reply["in_reply_to"]] == ["handoff_waiting", "human"]


async def _waiting(database: Database, identifier: str = "h1") -> str:
    """A conversation that waits for a human."""
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        await session.flush()
        row = {"kind": Kind.CHAT, "state": State.WAITING, "reason": Reason.ASKED}
        session.add(Handoff(id=identifier, conversation_id=conversation.id, **row))
    return conversation.id


async def _is(truth: bool) -> bool:
    return truth


async def _refused(move: object, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        await move  # type: ignore[misc]
    assert refusal.value.reason == reason


_COOKIE = b"guichet_conversation="


def _forgeries(victim: Citizen, own: Citizen) -> dict[str, str]:
    """Tokens that somebody with a conversation of their own makes up for that of ``victim``."""
    theirs, signature = own.token.split(".", 1)
    named = urlsafe_b64encode(json.dumps([victim.conversation, ""]).encode()).decode().rstrip("=")
    plain = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    other_site = Signing("secret-key").token(victim.conversation, "https://other.example")
    return {
        "its id alone": victim.conversation,
        "another's signature": f"{named}.{signature}",
        "no signature": f"{named}..",
        "no algorithm": f"{plain}.{named}.",
        "signed by a guessed key": str(
            URLSafeTimedSerializer("secret", salt="guichet web conversation of a site").dumps([victim.conversation, ""])
        ),
        "a button's signature": str(
            URLSafeTimedSerializer("secret-key", salt=f"guichet choice {victim.conversation}").dumps([victim.conversation, ""])
        ),
        "given to another site": other_site,
        "cut": victim.token[:-2],
        "two in one": f"{theirs}.{victim.token}",
        "not of this alphabet": f"é{victim.token}",
    }


async def test_a_token_that_is_made_up_opens_no_conversation(settings: Settings) -> None:
    async with guichet(settings) as service:
        victim, own = await service.citizen(), await service.citizen()
        for how, token in _forgeries(victim, own).items():
            headers = {b"Authorization": f"Bearer {token}".encode()}
            answers = [
                await service.http.get("/api/web/history", headers=headers),
                await service.http.post("/api/web/messages", json={"id": "1", "text": "bonjour"}, headers=headers),
                await service.http.delete("/api/web/conversations/current", headers=headers),
                await service.http.get("/assistant/conversation.txt", headers={b"Cookie": _COOKIE + token.encode()}),
            ]
            assert [answer.status_code for answer in answers] == [401, 401, 401, 303], how
        elsewhere = await service.http.get("/api/web/history", params={"token": victim.token, "access_token": victim.token})
        assert elsewhere.status_code == 401  # an address is no place for a token
        assert await victim.history() == []


async def test_a_message_id_of_another_conversation_is_not_theirs(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        victim, stranger = await service.citizen(), await service.citizen()
        await victim.post("ma question", "shared-id")
        await victim.answered(1)
        assert (await stranger.post("une autre", "shared-id")).status_code == 202
        (reply,) = await stranger.answered(1)
        assert "une autre" in reply["text"]
        assert [turn["message"]["text"] for turn in await victim.history()] == ["ma question"]
        opinion = {"reply": (await victim.answered(1))[0]["id"], "useful": False}
        assert (await service.http.post("/api/web/feedback", json=opinion, headers=stranger.headers)).status_code == 404


async def test_a_stream_that_names_anothers_last_event_shows_nothing_of_it(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        victim, stranger = await service.citizen(), await service.citizen()
        await victim.post("ma question")
        seq = (await victim.answered(1))[0]["seq"]
        async with events(stranger, last_event_id=seq - 1) as others:
            await stranger.post("à moi", "mine")
            (event,) = await take(others, 1)
        assert event["in_reply_to"] == "mine"
