"""What the website's messages and looks share: one transaction, one read, and to each its own result."""

from __future__ import annotations

from conversations.following.looks import Looks
from conversations.intake.web import MOST_WAITING, Said, TooManyWaiting, UnknownConversation, take
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
        full = [Said.of(other, f"m{number}", "bonjour") for number in range(MOST_WAITING)]
        assert all(isinstance(result, Accepted) for result in await take(session, full, _ADDRESSES))
    batch = [
        Said.of(one, "a", "un"),
        Said.of("gone", "a", "deux"),
        Said.of(other, "more", "trois"),
        Said.of(other, "m0", "encore"),
    ]
    batch += [Said.of(one, "a", "un"), Said.of(one, "b", "quatre")]
    async with database.write() as session:
        results = await take(session, batch, _ADDRESSES)
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
    looks = Looks(database, {"web": lambda blocks, *, language: Rendered("")})
    whole = [await looks.at(conversation, 0) for conversation in conversations]
    numbers = [[event.seq for event in seen.replies] for seen in whole if seen]
    assert [len(seqs) for seqs in numbers] == [2, 2, 2]
    asked = [(conversations[0], numbers[0][0]), (conversations[1], None), ("gone", 0), (conversations[2], 0)]
    found = await looks._read(asked)
    assert [seen and [event.seq for event in seen.replies] for seen in found] == [numbers[0][1:], [], None, numbers[2]]
