"""What the website's messages and looks share: one transaction, one read, and to each its own result."""

from __future__ import annotations

from conversations.client_updates.reply_reader import ReplyReader
from conversations.intake.web import MAX_WAITING, TooManyWaiting, UnknownConversation, WebMessage, take_batch
from conversations.ports import Rendered
from conversations.record.messages import Accepted
from conversations.record.opening import open_conversation
from core.database import Database
from core.database.models import Reply
from core.privacy.addresses import Addresses
from core.turns import Origin

_ADDRESSES = Addresses("key")


async def _conversations(database: Database, count: int) -> list[str]:
    async with database.write() as session:
        return [open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN).id for _ in range(count)]


async def test_one_that_cannot_be_taken_takes_no_other_with_it(database: Database) -> None:
    one, other = await _conversations(database, 2)
    async with database.write() as session:
        full = [WebMessage.of(other, f"m{number}", "bonjour") for number in range(MAX_WAITING)]
        assert all(isinstance(result, Accepted) for result in await take_batch(session, full, _ADDRESSES))
    batch = [
        WebMessage.of(one, "a", "un"),
        WebMessage.of("gone", "a", "deux"),
        WebMessage.of(other, "more", "trois"),
        WebMessage.of(other, "m0", "encore"),
    ]
    batch += [WebMessage.of(one, "a", "un"), WebMessage.of(one, "b", "quatre")]
    async with database.write() as session:
        results = await take_batch(session, batch, _ADDRESSES)
    first, unknown, crowded, known, again, second = results
    assert (type(unknown), type(crowded)) == (UnknownConversation, TooManyWaiting)
    assert isinstance(first, Accepted)
    assert isinstance(known, Accepted)
    assert isinstance(again, Accepted)
    assert isinstance(second, Accepted)
    assert (first.fresh, known.fresh, again.fresh, second.fresh) == (True, False, False, True)
    assert (again.id, second.seq > first.seq) == (first.id, True)


async def test_many_looks_are_one_read_and_each_gets_its_own(database: Database) -> None:
    conversations = await _conversations(database, 3)
    async with database.write() as session:
        for conversation in conversations:
            for number in range(2):
                session.add(Reply(id=f"{conversation[:20]}{number}", conversation_id=conversation, outcome="human", blocks=[]))
                await session.flush()
    reply_reader = ReplyReader(database, {"web": lambda blocks, *, language: Rendered("")})
    whole = [await reply_reader.read(conversation, 0) for conversation in conversations]
    numbers = [[event.seq for event in seen.replies] for seen in whole if seen]
    assert [len(seqs) for seqs in numbers] == [2, 2, 2]
    asked = [(conversations[0], numbers[0][0]), (conversations[1], None), ("gone", 0), (conversations[2], 0)]
    found = await reply_reader._read(asked)
    assert [seen and [event.seq for event in seen.replies] for seen in found] == [numbers[0][1:], [], None, numbers[2]]
