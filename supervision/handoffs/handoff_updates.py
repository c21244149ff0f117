"""Changes of a turn to the handoff record, in the transaction that commits its reply."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.turn_contracts import Overtaken
from conversations.wording import Wording
from core.database.base import now
from core.database.models import Conversation, Handoff, Message
from core.handoff import Kind, Reason, State
from core.privacy.addresses import Addresses
from core.turns import ChoicesBlock, Option, Outcome, TextBlock, Turn
from supervision.handoffs.call_back import apply_call_back_request
from supervision.handoffs.failures import MOST_COUNTED, OFFERED_AFTER, failures, is_time_to_offer_human
from supervision.handoffs.queue_position import WORDS as QUEUE_WORDS
from supervision.handoffs.queue_position import QueuePosition, expected_minutes
from supervision.handoffs.record import add_handoff, fills_in_form, open_handoff, queue_place, subject_of, typed_text
from supervision.handoffs.teams import route

WORDS = QUEUE_WORDS | {"gateway_call_back_lost", "gateway_offer_human", "ui_reach_human"}
ASK_HUMAN = "/ask_human"
# Sent even if a human has the conversation: the answer to STOP, and emergency numbers.
_ALWAYS_SENT = (Outcome.COMMAND, Outcome.SILENT, Outcome.HUMAN, Outcome.CRISIS)
_FORM_REQUESTS = ("draft", "call_back", "drop")
_FAILING = (Outcome.NO_ANSWER, Outcome.CHOICES)


class HandoffUpdates:
    """A ``BeforeCommit``, called with the conversation's row locked. Returns the turn that is really sent."""

    def __init__(self, wording: Wording, addresses: Addresses) -> None:
        wording.require(WORDS)
        self._wording = wording
        self._addresses = addresses

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        """Returns ``turn`` with the record's additions; without a text if a supervisor has claimed the conversation."""
        chat = await open_handoff(session, conversation.id, Kind.CHAT)
        if chat is not None and chat.state == State.CLAIMED and turn.outcome not in _ALWAYS_SENT:
            # Claimed during the turn; a call-back form that was begun is still filled in to its end.
            of_form = turn.handoff is not None and turn.handoff.want in _FORM_REQUESTS
            if not of_form and not (turn.outcome == Outcome.HANDOFF_OFFLINE and await fills_in_form(session, conversation.id)):
                return Turn(outcome=Outcome.HUMAN)
        if turn.outcome == Outcome.HUMAN and (chat is None or chat.state != State.CLAIMED):
            raise Overtaken  # the human has just left: the bot must answer
        if turn.outcome == Outcome.CRISIS:
            await _flag_danger(session, conversation, message, chat)
        if turn.handoff is not None:
            return await self._apply_request(session, conversation, message, turn, chat)
        if turn.outcome in _FAILING and (chat is None or chat.state == State.FLAGGED) and not _offers_human(turn):
            return await self._offer_human(session, conversation, message, turn)
        return turn

    async def _apply_request(
        self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn, chat: Handoff | None
    ) -> Turn:
        assert turn.handoff is not None
        match turn.handoff.want:
            case "wait":
                chat = await _enter_queue(session, conversation, message, chat, State.WAITING)
                text = await self._queue_text(session, conversation, chat)
                return turn.model_copy(update={"blocks": (*turn.blocks[:1], TextBlock(text=text), *turn.blocks[1:])})
            case "offline":
                await _enter_queue(session, conversation, message, chat, State.OFFLINE)
            case "cancel":
                if chat is not None and chat.state in (State.WAITING, State.OFFLINE):
                    chat.state, chat.closed_at = State.CANCELLED, now()
            case _:
                if not await apply_call_back_request(session, conversation, turn.handoff, self._addresses):
                    text = self._wording.text(
                        "gateway_call_back_lost", channel=conversation.channel, language=conversation.last_language
                    )
                    return Turn(outcome=Outcome.FALLBACK, blocks=(TextBlock(text=text),))
        return turn

    async def _queue_text(self, session: AsyncSession, conversation: Conversation, chat: Handoff) -> str:
        """Returns the sentence with the place in the queue, and the expected wait where it is known."""
        position = await queue_place(session, chat, conversation.origin)
        minutes = await expected_minutes(session, chat, conversation, position)
        return QueuePosition(position, minutes, conversation.channel, conversation.last_language).text(self._wording)

    async def _offer_human(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        turns = await _last_turns(session, conversation.id)
        if not is_time_to_offer_human(failures([*turns, (turn.outcome, _chose(message.payload))])):
            return turn
        about = {"channel": conversation.channel, "language": conversation.last_language}
        option = Option(label=self._wording.text("ui_reach_human", **about), payload=ASK_HUMAN)
        offer = ChoicesBlock(purpose="menu", text=self._wording.text("gateway_offer_human", **about), options=(option,))
        return turn.model_copy(update={"blocks": (*turn.blocks, offer)})


async def _enter_queue(
    session: AsyncSession, conversation: Conversation, message: Message, chat: Handoff | None, state: State
) -> Handoff:
    """Returns the conversation's handoff, opened if there is none; a waiting one keeps its place."""
    if chat is None:
        failed = failures(await _last_turns(session, conversation.id)) >= OFFERED_AFTER
        chat = await add_handoff(
            session,
            conversation,
            Kind.CHAT,
            state,
            Reason.FAILURES if failed else Reason.ASKED,
            team=await route(session, conversation.id, conversation.language),
            subject=await subject_of(session, conversation.id) or typed_text(message),
        )
    chat.state = state
    if state == State.WAITING and chat.waiting_since is None:
        chat.waiting_since = now()
    await session.flush()
    return chat


async def _flag_danger(session: AsyncSession, conversation: Conversation, message: Message, chat: Handoff | None) -> None:
    if chat is None:
        chat = await add_handoff(session, conversation, Kind.CHAT, State.FLAGGED, Reason.CRISIS)
    chat.alert = True
    chat.subject = message.text or chat.subject  # the list shows why it is marked, not the earlier question
    await session.flush()


async def _last_turns(session: AsyncSession, conversation: str) -> list[tuple[str | None, bool]]:
    """Returns the last answered turns, oldest first, for ``failures``."""
    rows = await session.execute(
        select(Message.outcome, Message.payload)
        .where(Message.conversation_id == conversation, Message.outcome.not_in((Outcome.COMMAND, Outcome.SILENT)))
        .order_by(Message.seq.desc())
        .limit(MOST_COUNTED)
    )
    return [(outcome, _chose(payload)) for outcome, payload in reversed(rows.all())]


def _offers_human(turn: Turn) -> bool:
    menus = (block for block in turn.blocks if isinstance(block, ChoicesBlock))
    return any(option.payload.startswith(ASK_HUMAN) for menu in menus for option in menu.options)


def _chose(payload: str | None) -> bool:
    """Decides whether a button was pressed that takes an offer: "none of these" does not."""
    return payload is not None and not payload.startswith("/none")
