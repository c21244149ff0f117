"""Holds back a turn about a checked subject: the answer waits at the desk, in the transaction that commits the reply."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.additions.relay import ANSWER_BY_MAIL
from conversations.events import dump_blocks
from conversations.ports import Rendered, Renderer
from conversations.signing import Signing, new_id
from conversations.wording import Wording
from core.channels import traits_of
from core.database.base import now
from core.database.models import Conversation, HeldAnswer, Message
from core.handoff import Kind, Reason, State
from core.opening_hours import OpeningHours, day_and_time
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Option, Outcome, ReplyBlock, TextBlock, Turn
from supervision.approvals.subjects import approval_minutes
from supervision.handoffs.record import add_handoff, open_handoff
from supervision.handoffs.teams import route

WORDS = frozenset(
    {
        "gateway_check_waits",
        "gateway_check_offline",
        "gateway_check_nobody",
        "gateway_check_call_back",
        "gateway_option_mail",
        "gateway_checked",
    }
)
# A person in danger (``crisis``) never waits; the other outcomes show no page.
_CHECKED = (Outcome.ANSWERED, Outcome.GUIDED, Outcome.CHOICES)
_CALL_BACK = "/ask_call_back"
_SUBJECT_CHARACTERS = 200


class ApprovalQueue:
    """A ``BeforeCommit``.

    ``opening``: returns the opening hours of the desk; ``None``: it is not staffed. ``offers_mail``: an answer can be sent by
    e-mail.
    """

    def __init__(
        self,
        wording: Wording,
        signing: Signing,
        renderers: Mapping[str, Renderer],
        opening: Callable[[], OpeningHours | None],
        *,
        offers_mail: bool = False,
    ) -> None:
        wording.require(WORDS)
        self._offers_mail = offers_mail
        self._wording, self._signing, self._renderers, self._opening = wording, signing, renderers, opening

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        """Returns ``turn``, or a notice that a member of staff checks it first, if it has a page of a checked subject."""
        entries = [block.entry for block in turn.blocks if isinstance(block, AnswerBlock)]
        if not entries or turn.outcome not in _CHECKED or turn.handoff or turn.phone_copy:
            return turn
        minutes = await approval_minutes(session, entries)
        if minutes is None or await _was_approved(session, conversation.id, turn):
            return turn
        opening = self._opening()
        if opening is None or not opening.is_open(now()):
            return self._desk_closed(conversation, opening)
        await self._queue_answer(session, conversation, message, turn, minutes)
        text = self._text(conversation, "gateway_check_waits", minutes=minutes)
        return Turn(outcome=Outcome.HANDOFF_WAITING, blocks=(TextBlock(text=text),), language=turn.language)

    async def _queue_answer(
        self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn, minutes: int
    ) -> None:
        handoff = await open_handoff(session, conversation.id, Kind.VALIDATION)
        if handoff is None:
            handoff = await add_handoff(
                session,
                conversation,
                Kind.VALIDATION,
                State.WAITING,
                Reason.SUBJECT,
                team=await route(session, conversation.id, conversation.language, turn.entry),
                subject=(message.text or "")[:_SUBJECT_CHARACTERS],
                waiting_since=now(),
            )
        blocks: tuple[ReplyBlock, ...] = (NoticeBlock(text=self._text(conversation, "gateway_checked")), *turn.blocks)
        render = self._renderers.get(conversation.channel)
        rendered = render(blocks, language=conversation.language) if render else Rendered("")
        session.add(
            HeldAnswer(
                id=new_id(),
                conversation_id=conversation.id,
                handoff_id=handoff.id,
                message_id=message.id,
                outcome=turn.outcome,
                blocks=dump_blocks(self._signing.sign_choices(conversation.id, blocks)),
                entry=turn.entry,
                entry_version=turn.entry_version,
                snapshot=turn.snapshot,
                confidence=turn.confidence,
                text=rendered.text,
                segments=rendered.segments,
                offered=list(rendered.offered),
                rest=dump_blocks(rendered.rest),
                due_at=now() + timedelta(minutes=minutes),
            )
        )
        await session.flush()

    def _desk_closed(self, conversation: Conversation, opening: OpeningHours | None) -> Turn:
        """Returns the turn while the desk is closed: when it opens, and the way to a call-back."""
        back = opening.next_opening(now()) if opening else None
        if back is None:
            text = self._text(conversation, "gateway_check_nobody")
            return Turn(outcome=Outcome.HANDOFF_OFFLINE, blocks=(TextBlock(text=text),))
        day, time = day_and_time(back, conversation.language)
        options = [Option(label=self._text(conversation, "gateway_check_call_back"), payload=_CALL_BACK)]
        if self._offers_mail and not traits_of(conversation.channel).identifies_by_number:
            options.append(Option(label=self._text(conversation, "gateway_option_mail"), payload=ANSWER_BY_MAIL))
        text = self._text(conversation, "gateway_check_offline", day=day, time=time)
        return Turn(outcome=Outcome.HANDOFF_OFFLINE, blocks=(ChoicesBlock(purpose="menu", text=text, options=tuple(options)),))

    def _text(self, conversation: Conversation, name: str, **values: object) -> str:
        return self._wording.text(name, channel=conversation.channel, language=conversation.language, **values)


async def _was_approved(session: AsyncSession, conversation: str, turn: Turn) -> bool:
    """Decides whether each page in ``turn`` was sent in this conversation already, word for word, after an approval."""
    rows = await session.execute(
        select(HeldAnswer.blocks).where(HeldAnswer.conversation_id == conversation, HeldAnswer.state == "approved")
    )
    known = [block for blocks in rows.scalars() for block in blocks if block["type"] == "answer"]
    return all(card in known for card in dump_blocks(tuple(block for block in turn.blocks if isinstance(block, AnswerBlock))))
