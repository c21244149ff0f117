"""A supervisor's moves: list, claim, reply, release, close, hand back. Each is one transaction, and names who does it.

The console, the command line and integrators all come through here. A claim gives a fencing number; whoever shows it with a
later move is refused if the handoff changed hands in between, even if it came back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.contracts import Rendered, Renderer
from channels.events import dump_blocks
from channels.handoff.record import lock_conversation
from channels.nerve import Nerve
from channels.replies import add_reply
from channels.signing import new_id
from channels.sms.optouts import silenced_by
from channels.wording import Wording
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Handoff, Reply
from core.handoff import UNCLAIMED, Kind, State, sources
from core.turns import NoticeBlock, Outcome, ReplyBlock, TextBlock

WORDS = frozenset(f"gateway_handoff_{move}" for move in ("claimed", "released", "closed", "returned"))
REPLY_CHARACTERS = 640  # what ten SMS segments hold in any alphabet: a human's words are never cut


class Refused(Exception):
    """The move is not possible now; nothing changed. ``owner`` is who holds the handoff, if somebody does."""

    def __init__(self, reason: str, *, owner: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason  # unknown | claimed | not_yours | ended | opted_out | blank | too_long
        self.owner = owner


@dataclass(frozen=True, slots=True)
class Claim:
    """What a supervisor holds: show it with each later move."""

    handoff: str
    owner: str
    fencing: int


class Desk:
    """Moves on the record. ``renderers`` by channel, as in the worker: channels without one show blocks themselves."""

    def __init__(self, database: Database, nerve: Nerve, wording: Wording, renderers: Mapping[str, Renderer]) -> None:
        wording.require(WORDS)
        self._database = database
        self._nerve = nerve
        self._wording = wording
        self._renderers = renderers

    async def claim(self, handoff: str, owner: str) -> Claim:
        """Take ``handoff``: of two who try, one gets it. Claiming again what one holds changes nothing.

        Raises ``Refused``: ``unknown``, ``claimed`` (by ``owner``), ``ended``.
        """
        async with self._moving(handoff) as (session, row, conversation):
            if row.state == State.CLAIMED and row.owner == owner:
                return Claim(row.id, owner, row.fencing)
            if row.state not in UNCLAIMED:
                raise Refused("claimed" if row.state == State.CLAIMED else "ended", owner=row.owner)
            row.state, row.owner, row.claimed_at, row.fencing = State.CLAIMED, owner, now(), row.fencing + 1
            if row.kind == Kind.CHAT:
                await self._notice(session, conversation, "gateway_handoff_claimed")
            return Claim(row.id, owner, row.fencing)

    async def reply(self, claim: Claim, text: str) -> str:
        """Say ``text`` to the citizen, on their channel; the reply's id.

        Raises ``Refused``: ``blank``, ``too_long``, ``opted_out`` (the number sent STOP), and those of ``held``.
        """
        said = text.strip().replace("\x00", "")
        if not said:
            raise Refused("blank")
        if len(said) > REPLY_CHARACTERS:
            raise Refused("too_long")
        async with self._moving(claim.handoff) as (session, row, conversation):
            held(row, claim)
            if await silenced_by(session, conversation.id) is not None:
                raise Refused("opted_out")
            return await self._say(session, conversation, TextBlock(text=said))

    async def release(self, claim: Claim) -> None:
        """Give ``claim`` back to the queue, where it keeps its place. The bot answers again meanwhile."""
        async with self._moving(claim.handoff) as (session, row, conversation):
            held(row, claim)
            row.state, row.owner = State.WAITING, None
            row.waiting_since = row.waiting_since or row.created_at
            if row.kind == Kind.CHAT:
                await self._notice(session, conversation, "gateway_handoff_released")

    async def close(self, claim: Claim, *, to_bot: bool = False) -> None:
        """End it: done, or (``to_bot``) handed back to the bot. A call-back's number goes.

        What nobody holds may be closed by anyone who looked at it. Raises ``Refused``.
        """
        target = State.RETURNED if to_bot else State.CLOSED
        async with self._moving(claim.handoff) as (session, row, conversation):
            waited = row.state == State.WAITING
            if row.state not in UNCLAIMED:
                held(row, claim)
            if row.state not in sources(target):
                raise Refused("ended")
            spoken_to = row.state == State.CLAIMED or waited
            row.state, row.closed_at, row.number, row.collecting_since = target, now(), None, None
            if row.kind == Kind.CHAT and spoken_to:
                await self._notice(session, conversation, "gateway_handoff_returned" if to_bot else "gateway_handoff_closed")

    @asynccontextmanager
    async def _moving(self, handoff: str) -> AsyncIterator[tuple[AsyncSession, Handoff, Conversation]]:
        """A transaction with the conversation's lock; its news goes out after the commit."""
        async with self._database.write() as session:
            found = await session.execute(select(Handoff.seq, Handoff.conversation_id).where(Handoff.id == handoff))
            known = found.one_or_none()
            if known is None or not await lock_conversation(session, known.conversation_id):
                raise Refused("unknown")
            row = await session.get_one(Handoff, known.seq)  # read under the lock only
            yield session, row, await session.get_one(Conversation, known.conversation_id)
        await self._nerve.tell(known.conversation_id, "reply")

    async def _notice(self, session: AsyncSession, conversation: Conversation, name: str) -> None:
        if await silenced_by(session, conversation.id) is None:
            text = self._wording.text(name, channel=conversation.channel, language=conversation.language)
            await self._say(session, conversation, NoticeBlock(text=text))

    async def _say(self, session: AsyncSession, conversation: Conversation, block: ReplyBlock) -> str:
        """Add a reply that answers no message. By SMS the worker's sweep sends it."""
        render = self._renderers.get(conversation.channel)
        rendered = render((block,), language=conversation.language) if render else Rendered("")
        reply = Reply(id=new_id(), conversation_id=conversation.id, outcome=Outcome.HUMAN, blocks=dump_blocks((block,)))
        await add_reply(session, conversation, reply, rendered)
        return reply.id


def held(row: Handoff, claim: Claim) -> None:
    """Raise ``Refused`` unless ``claim`` holds ``row`` now: ``not_yours`` (somebody else does, or nobody), ``ended``."""
    if row.state != State.CLAIMED:
        raise Refused("not_yours" if row.state in UNCLAIMED else "ended", owner=row.owner)
    if (row.owner, row.fencing) != (claim.owner, claim.fencing):
        raise Refused("not_yours", owner=row.owner)
