"""The step for SMS keywords: answers them here, and leaves a number that sent STOP unanswered."""

from sqlalchemy import select

from conversations.delivery.opt_outs import stop_message_of
from conversations.events import BLOCKS
from conversations.keywords import Keyword, keyword
from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.channels import traits_of
from core.database import Database
from core.database.models import Conversation
from core.privacy.receipts import receipt_of
from core.turns import AnswerBlock, Outcome, ReplyBlock, Turn

_ANSWERS = {
    Keyword.START: "gateway_started",
    Keyword.HELP: "gateway_help_sms",
    Keyword.CONTACT: "gateway_contact_sms",
    Keyword.FRENCH: "gateway_language_changed",
    Keyword.ENGLISH: "gateway_language_changed",
    Keyword.LANGUAGE: "gateway_language_changed",
    Keyword.ERASE: "gateway_erased",
}
WORDS = frozenset({"gateway_stopped", "gateway_nothing_more", *_ANSWERS.values()})


class SmsCommands:
    """A ``Step``. Answers keywords, which took effect on receipt (``conversations.intake.sms``)."""

    def __init__(self, database: Database, wording: Wording) -> None:
        wording.require(WORDS)
        self._database = database
        self._wording = wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        if not traits_of(context.channel).has_keywords:
            return None
        async with self._database.read(brief=True) as session:
            stop = await stop_message_of(session, context.conversation)
            rest = await session.scalar(select(Conversation.rest).where(Conversation.id == context.conversation))
        command = keyword(context.text)
        if command is Keyword.STOP and stop == context.message_id:
            return self._say(context, "gateway_stopped")
        if stop is not None or command is Keyword.STOP:  # opted out meanwhile; or a STOP that a START has overtaken
            return Turn(outcome=Outcome.SILENT, aside=True)
        if command is Keyword.MORE:
            return _next_part(BLOCKS.validate_python(rest)) if rest else self._say(context, "gateway_nothing_more")
        return self._say(context, _ANSWERS[command]) if command else None

    def _say(self, context: TurnContext, name: str) -> Turn:
        receipt = receipt_of(context.conversation)
        return text_turn(self._wording, context, name, Outcome.COMMAND, aside=True, receipt=receipt)


def _next_part(rest: tuple[ReplyBlock, ...]) -> Turn:
    answer = next((block for block in rest if isinstance(block, AnswerBlock)), None)
    if answer is None:
        return Turn(outcome=Outcome.COMMAND, blocks=rest)
    return Turn(
        outcome=Outcome.COMMAND,
        blocks=rest,
        entry=answer.entry,
        entry_version=answer.entry_version,
        snapshot=answer.snapshot,
    )
