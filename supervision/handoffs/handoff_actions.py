"""The base of all supervisors' actions: the conversation's lock, the claim, the texts to the citizen."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.additions.relay import with_relay
from conversations.delivery.opt_outs import stop_message_of
from conversations.events import dump_blocks
from conversations.ports import Rendered, Renderer
from conversations.record.replies import add_reply
from conversations.signals.event_bus import EventBus
from conversations.signing import new_id
from conversations.wording import Wording
from core.database import Database
from core.database.models import Conversation, Handoff, Reply
from core.handoff import UNCLAIMED, State
from core.turns import NoticeBlock, Outcome, ReplyBlock
from supervision.handoffs.presence import keep_claims
from supervision.handoffs.record import lock_conversation

CLAIMS_KEPT = timedelta(minutes=30)  # how long an action at a terminal keeps the claims of its author


class Refused(Exception):
    """The action is not possible now; nothing changed. ``owner`` is the handoff's present owner, if it has one.

    ``reason``: ``unknown claimed not_yours ended opted_out no_mail blank too_long full absent decided``.
    """

    def __init__(self, reason: str, *, owner: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.owner = owner


@dataclass(frozen=True, slots=True)
class Claim:
    """A supervisor's claim: pass it to each later action."""

    handoff: str
    owner: str
    fencing: int


def require_claim(row: Handoff, claim: Claim) -> None:
    """Raises ``Refused`` unless ``claim`` is the present one on ``row``: ``not_yours`` (another owner, or none), ``ended``."""
    if row.state != State.CLAIMED:
        raise Refused("not_yours" if row.state in UNCLAIMED else "ended", owner=row.owner)
    if (row.owner, row.fencing) != (claim.owner, claim.fencing):
        raise Refused("not_yours", owner=row.owner)


class HandoffActions:
    """Actions on the record. ``renderers`` by channel, as in the worker: channels without one show blocks themselves.

    ``claims_kept``: how long an action keeps the claims of its author without any sign of life.
    """

    required_texts: frozenset[str] = frozenset()

    def __init__(
        self,
        database: Database,
        event_bus: EventBus,
        wording: Wording,
        renderers: Mapping[str, Renderer],
        *,
        claims_kept: timedelta = CLAIMS_KEPT,
    ) -> None:
        wording.require(self.required_texts)
        self._database = database
        self._event_bus = event_bus
        self._wording = wording
        self._renderers = renderers
        self._claims_kept = claims_kept

    @asynccontextmanager
    async def transaction(self, handoff: str, who: str = "") -> AsyncIterator[tuple[AsyncSession, Handoff, Conversation]]:
        """Opens a transaction of ``who`` with the conversation's lock; publishes its news after the commit.

        The conversation is locked before the supervisor's presence, everywhere.
        """
        async with self._database.write() as session:
            rows = await session.execute(select(Handoff.seq, Handoff.conversation_id).where(Handoff.id == handoff))
            known = rows.one_or_none()
            if known is None or not await lock_conversation(session, known.conversation_id):
                raise Refused("unknown")
            if who:
                await keep_claims(session, who, self._claims_kept)
            row = await session.get_one(Handoff, known.seq)  # read under the lock only
            yield session, row, await session.get_one(Conversation, known.conversation_id)
        await self._event_bus.notify(known.conversation_id, "reply")

    async def send_notice(self, session: AsyncSession, conversation: Conversation, name: str) -> None:
        """Sends the text ``name``, unless the number sent STOP."""
        if await stop_message_of(session, conversation.id) is None:
            text = self._wording.text(name, channel=conversation.channel, language=conversation.last_language)
            blocks = with_relay(
                (NoticeBlock(text=text),),
                self._wording,
                self._renderers,
                channel=conversation.channel,
                language=conversation.last_language,
            )
            await self.send_reply(session, conversation, *blocks)

    async def send_reply(
        self, session: AsyncSession, conversation: Conversation, *blocks: ReplyBlock, author: str = "", reply: str = ""
    ) -> str:
        """Adds a reply that answers no message, written by ``author`` (staff id). Returns its id (``reply``, or a new one).

        By SMS the worker's sweep sends it.
        """
        render = self._renderers.get(conversation.channel)
        rendered = render(blocks, language=conversation.last_language) if render else Rendered("")
        added = Reply(
            id=reply or new_id(),
            conversation_id=conversation.id,
            outcome=Outcome.HUMAN,
            blocks=dump_blocks(blocks),
            author=author,
        )
        await add_reply(session, conversation, added, rendered)
        return added.id
