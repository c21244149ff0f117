"""A supervisor's actions: claim, reply, release, transfer, close, hand back. Each is one audited transaction that names its
supervisor. The console asks ``core.identity.conversation_access`` first whether the supervisor may see the conversation.

The console, the command line and integrators all use it. A claim gives a fencing number. A later action with this number is
refused if the handoff changed its owner in between, even if it came back.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.opt_outs import stop_message_of
from conversations.ports import Renderer
from conversations.signals.event_bus import EventBus
from conversations.wording import Wording
from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Handoff, Presence, Reply, Team
from core.handoff import UNCLAIMED, Kind, State, sources
from core.turns import ReplyBlock, TextBlock
from supervision.handoffs.answer_decisions import WORDS as CHECKING_WORDS
from supervision.handoffs.answer_decisions import AnswerDecisions
from supervision.handoffs.handoff_actions import CLAIMS_KEPT, Claim, Refused, require_claim
from supervision.handoffs.mail_answers import MailAnswers
from supervision.handoffs.notes import MOST_CHARACTERS, write_note
from supervision.handoffs.presence import capacity_of, count_claims, present_supervisors

WORDS = CHECKING_WORDS | frozenset(
    f"gateway_handoff_{event}" for event in ("claimed", "released", "passed", "transferred", "closed", "returned")
)
REPLY_CHARACTERS = 640  # ten SMS segments in any alphabet: a human's text is never cut


class SupervisorActions(AnswerDecisions):
    """The actions. See ``HandoffActions`` for the parameters."""

    required_texts = WORDS

    def __init__(
        self,
        database: Database,
        event_bus: EventBus,
        wording: Wording,
        renderers: Mapping[str, Renderer],
        *,
        mail: MailAnswers | None = None,
        claims_kept: timedelta = CLAIMS_KEPT,
    ) -> None:
        super().__init__(database, event_bus, wording, renderers, claims_kept=claims_kept)
        self._mail = mail

    async def claim(self, handoff: str, owner: str) -> Claim:
        """Claims ``handoff``: of two supervisors, one gets it. Claiming one's own handoff again changes nothing.

        Raises ``Refused``: ``unknown``, ``claimed`` (by ``owner``), ``ended``, ``full`` (``owner`` has reached the capacity).
        """
        async with self.transaction(handoff, owner) as (session, row, conversation):
            if row.state == State.CLAIMED and row.owner == owner:
                return Claim(row.id, owner, row.fencing)
            if row.state not in UNCLAIMED:
                raise Refused("claimed" if row.state == State.CLAIMED else "ended", owner=row.owner)
            if row.kind == Kind.CHAT:
                await _require_capacity(session, owner)
                await self.send_notice(session, conversation, "gateway_handoff_claimed")
            claim = _set_owner(row, owner)
            await _record_action(session, row, owner, "claimed")
            return claim

    async def reply(self, claim: Claim, text: str, *, card: ReplyBlock | None = None, answer: str = "", reply: str = "") -> str:
        """Sends ``text`` to the citizen, on their channel, with an entry's ``card`` below it if given. Returns the reply's id.

        If answers wait for approval, this reply replaces one of them: ``answer``, or else the first. ``reply`` is the id if the
        caller has made one: a second call with the same id (a double click, a lost response) sends nothing again.
        To a citizen who left an e-mail address it also goes there. Raises ``Refused``: ``blank``, ``too_long``, ``opted_out``
        (the number sent STOP), ``no_mail`` (no mail server is set any more), and those of ``require_claim``.
        """
        checked = _checked_text(text, blank=card is not None)
        blocks: list[ReplyBlock] = [*([TextBlock(text=checked)] if checked else []), *((card,) if card else ())]
        async with self.transaction(claim.handoff, claim.owner) as (session, row, conversation):
            require_claim(row, claim)
            if await stop_message_of(session, conversation.id) is not None:
                raise Refused("opted_out")
            if row.kind == Kind.VALIDATION:
                return await self.replace(session, row, conversation, blocks, claim.owner, answer)
            known = await session.scalar(select(Reply.conversation_id).where(Reply.id == reply)) if reply else None
            if known == conversation.id:
                return reply
            if known is not None:
                raise Refused("unknown")
            reply_id = await self.send_reply(session, conversation, *blocks, author=claim.owner, reply=reply)
            if row.kind == Kind.MAIL_BACK:
                if self._mail is None:
                    raise Refused("no_mail")
                self._mail.queue(session, row, conversation, reply_id, *blocks)
            await _record_action(session, row, claim.owner, "replied", reply=reply_id)
            return reply_id

    async def release(self, claim: Claim) -> None:
        """Gives ``claim`` back to the queue, in its old place. The bot answers again meanwhile."""
        async with self.transaction(claim.handoff, claim.owner) as (session, row, conversation):
            require_claim(row, claim)
            await self._give_back(session, row, conversation)
            await _record_action(session, row, claim.owner, "released")

    async def release_absent(self, claim: Claim) -> None:
        """Gives back the handoff of the absent ``claim.owner``. Raises ``Refused`` if its owner changed meanwhile."""
        async with self.transaction(claim.handoff) as (session, row, conversation):
            require_claim(row, claim)
            await self._give_back(session, row, conversation)
            await _record_action(session, row, "service", "abandoned", owner=claim.owner)

    async def transfer(self, claim: Claim, to: str, note: str) -> None:
        """Transfers ``claim`` to the supervisor ``to``, who must be present, or to a team's queue (``team:NAME``), with a note.

        The citizen is informed once. Raises ``Refused``: ``blank`` (no note), ``too_long``, ``absent``, ``full``, ``unknown``
        (no such team), and those of ``require_claim``.
        """
        checked = _checked_text(note, max_characters=MOST_CHARACTERS)
        async with self.transaction(claim.handoff, claim.owner) as (session, row, conversation):
            require_claim(row, claim)
            if to.startswith("team:"):
                team = await session.get(Team, to.removeprefix("team:"))
                if team is None:
                    raise Refused("unknown")
                row.team = team.name
                await self._give_back(session, row, conversation, "gateway_handoff_passed")
            else:
                if to not in {present.duty.name for present in await present_supervisors(session)}:
                    raise Refused("absent", owner=to)
                if row.kind == Kind.CHAT and to != claim.owner:
                    await _require_capacity(session, to)
                    await self.send_notice(session, conversation, "gateway_handoff_transferred")
                _set_owner(row, to)
            write_note(session, conversation.id, claim.owner, checked, kind="transfer")
            await _record_action(session, row, claim.owner, "transferred", to=to)

    async def close(self, claim: Claim, *, to_bot: bool = False, summary: str = "") -> None:
        """Ends the handoff: done, or (``to_bot``) handed back to the bot. Deletes the number or the address.

        ``summary`` is sent to the citizen before the notice, and kept as a note. An unclaimed handoff may be closed by any
        supervisor who has seen it. Closing refuses answers that wait for approval. Raises ``Refused``.
        """
        target = State.RETURNED if to_bot else State.CLOSED
        checked = _checked_text(summary, blank=True)
        async with self.transaction(claim.handoff, claim.owner) as (session, row, conversation):
            waited = row.state == State.WAITING
            if row.state not in UNCLAIMED:
                require_claim(row, claim)
            if row.state not in sources(target):
                raise Refused("ended")
            if row.kind == Kind.VALIDATION:
                await self.refuse_all(session, row, conversation, claim.owner)
                return
            citizen_was_waiting = row.state == State.CLAIMED or waited
            row.state, row.closed_at, row.number, row.collecting_since = target, now(), None, None
            if checked:
                write_note(session, conversation.id, claim.owner, checked, kind="summary")
                if row.kind == Kind.CHAT and await stop_message_of(session, conversation.id) is None:
                    await self.send_reply(session, conversation, TextBlock(text=checked), author=claim.owner)
            if row.kind == Kind.CHAT and citizen_was_waiting:
                await self.send_notice(
                    session, conversation, "gateway_handoff_returned" if to_bot else "gateway_handoff_closed"
                )
            await _record_action(session, row, claim.owner, "returned" if to_bot else "closed")

    async def _give_back(
        self, session: AsyncSession, row: Handoff, conversation: Conversation, notice: str = "gateway_handoff_released"
    ) -> None:
        row.state, row.owner = State.WAITING, None
        row.waiting_since = row.waiting_since or row.created_at
        if row.kind == Kind.CHAT:
            await self.send_notice(session, conversation, notice)


def _set_owner(row: Handoff, owner: str) -> Claim:
    row.state, row.owner, row.claimed_at, row.fencing = State.CLAIMED, owner, now(), row.fencing + 1
    return Claim(row.id, owner, row.fencing)


async def _record_action(session: AsyncSession, row: Handoff, who: str, action: str, **details: str) -> None:
    """Writes the action to the audit, as the last step of its transaction. The audit has no texts of the conversation."""
    await session.flush()
    details["conversation"] = row.conversation_id
    await record(session, actor=who, action=f"handoff.{action}", target=f"handoff:{row.id}", details=details)


async def _require_capacity(session: AsyncSession, owner: str) -> None:
    """Raises ``Refused`` if ``owner`` has reached the capacity. Locks the owner's row: two claims on two conversations count
    one after the other.
    """
    await session.execute(select(Presence.name).where(Presence.name == owner).with_for_update())
    capacity = await capacity_of(session, owner)
    if capacity and await count_claims(session, owner) >= capacity:
        raise Refused("full", owner=owner)


def _checked_text(text: str, *, blank: bool = False, max_characters: int = REPLY_CHARACTERS) -> str:
    checked = text.strip().replace("\x00", "")
    if not checked and not blank:
        raise Refused("blank")
    if len(checked) > max_characters:
        raise Refused("too_long")
    return checked
