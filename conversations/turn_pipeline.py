"""Everything that happens to a message, in order: read this file from top to bottom.

Parts that need the record, the settings or the supervisors' desk are made in ``cli/worker/composition.py`` and passed in by
name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.additions.condolence import Condolence
from conversations.additions.danger_numbers import DangerNumbers
from conversations.additions.framing import Framing
from conversations.additions.language_change import LanguageChange
from conversations.additions.masked_data_notice import MaskedDataNotice
from conversations.engine.rasa_client import ActionsUnavailable, EngineRefused, EngineUnavailable, RasaClient
from conversations.ports import Rendered
from conversations.steps.blank import Blank
from conversations.steps.danger_follow_up import DangerFollowUp
from conversations.steps.danger_only import DangerOnly
from conversations.steps.dialogue import Dialogue
from conversations.steps.personal_data_only import PersonalDataOnly
from conversations.steps.too_long import TooLong
from conversations.steps.too_many_attempts import TooManyAttempts, fallback
from conversations.steps.unknown_choice import UnknownChoice
from conversations.turn_context import TurnContext
from conversations.turn_contracts import Addition, BeforeCommit, LeadingMessage, Step
from conversations.turns.care import CareReplies
from conversations.turns.message_reading import Detect, Judge, MessageReading
from conversations.turns.recent_care import Recall
from conversations.turns.search_prefetch import SearchPrefetch
from conversations.wording import Wording
from core.care import load_detector
from core.database.models import Conversation, Message
from core.turns import Outcome, Turn

log = structlog.get_logger(__name__)


class TurnPipeline:
    """Answers messages. ``detect``, ``judge``: see ``MessageReading``. ``recall`` returns recent texts about a danger."""

    def __init__(
        self,
        engine: RasaClient,
        wording: Wording,
        *,
        max_chars: int,
        sms_limits: Step,
        sms_commands: Step,
        human_takeover: Step,
        channel_off: Step,
        phone_copy: Step,
        degraded_mode: Step,
        conversation_commands: Addition,
        prefetch: SearchPrefetch,
        detect: Detect,
        judge: Judge,
        recall: Recall,
    ) -> None:
        self._wording = wording
        care = CareReplies(load_detector(), wording)
        framing, condolence, masked_data_notice = Framing(wording), Condolence(care, recall), MaskedDataNotice(wording)
        self._danger_numbers = DangerNumbers(care)

        # 1. The message is read once: does it report a danger, and in which language is it answered?
        self._reading = MessageReading(care, detect=detect, judge=judge)

        # 2. The first step that returns a turn ends it. STOP is obeyed before anything else.
        self.steps: tuple[Step, ...] = (
            TooManyAttempts(wording),
            sms_limits,
            sms_commands,
            human_takeover,
            channel_off,
            phone_copy,
            Blank(wording),
            DangerOnly(),
            DangerFollowUp(care, recall),
            TooLong(wording, max_chars),
            PersonalDataOnly(wording),
            UnknownChoice(wording),
            WithAdditions(Dialogue(engine, care, prefetch), (framing, conversation_commands, condolence, masked_data_notice)),
        )

        # 3. While the dialogue engine is away, the text is searched for without it; if that fails, too, the fallback answers.
        self.without_engine = WithAdditions(degraded_mode, (framing, masked_data_notice))

        # 4. Additions to any reply.
        self.additions: tuple[Addition, ...] = (self._danger_numbers, LanguageChange())

    async def answer(self, context: TurnContext) -> Turn:
        """Returns the turn of ``context``. Never raises (except on cancellation): any error becomes ``fallback``."""
        try:
            context = await self._reading(context)
            turn = await self._first_answer(context)
            if turn is not None:
                return await _added(self.additions, context, turn)
        except Exception:
            log.error("turn_failed", message=context.message_id, exc_info=True)
        return await self.fallback(context)

    async def fallback(self, context: TurnContext) -> Turn:
        """Returns the turn for a failed one, still with the emergency numbers if the message is about a danger."""
        if not context.is_read:
            context = replace(context, danger=self._reading.danger(context))
        return await self._danger_numbers(context, fallback(self._wording, context))

    async def _first_answer(self, context: TurnContext) -> Turn | None:
        try:
            for step in self.steps:
                if (turn := await step(context)) is not None:
                    return turn
        except (EngineUnavailable, EngineRefused) as error:
            log.warning("turn_fallback", message=context.message_id, reason=str(error), kind=type(error).__name__)
            if isinstance(error, EngineUnavailable) and not isinstance(error, ActionsUnavailable):
                return await self.without_engine(context)
        return None


def leading_messages(*, first_contact: LeadingMessage, announcements: LeadingMessage) -> LeadingMessage:
    """Returns step 5: separate messages before the reply, on channels whose replies are sent as text."""

    async def all_messages(session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]:
        parts = (first_contact, announcements)
        return [message for part in parts for message in await part(session, conversation, outcome)]

    return all_messages


def before_commit(
    *, handoffs: BeforeCommit, approvals: BeforeCommit, relay: BeforeCommit, phone_copy: BeforeCommit | None
) -> BeforeCommit:
    """Returns step 6: the hooks in the transaction that commits the turn. Each receives the turn that the one before returns.

    ``phone_copy`` is ``None`` if no copies are sent.
    """

    async def all_hooks(session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        for hook in (handoffs, approvals, relay, *([phone_copy] if phone_copy else [])):
            turn = await hook(session, conversation, message, turn)
        return turn

    return all_hooks


@dataclass(frozen=True, slots=True)
class WithAdditions:
    """A step, with additions to its turn."""

    step: Step
    additions: tuple[Addition, ...]

    async def __call__(self, context: TurnContext) -> Turn | None:
        turn = await self.step(context)
        return turn if turn is None else await _added(self.additions, context, turn)


async def _added(additions: Sequence[Addition], context: TurnContext, turn: Turn) -> Turn:
    for addition in additions:
        turn = await addition(context, turn)
    return turn
