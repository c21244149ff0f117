"""Commands that need the record, which the dialogue therefore leaves to the worker: repeat, change language, erase."""

from conversations.events import read_blocks
from conversations.record.replies import latest_replies
from conversations.signing import BadToken, Signing
from conversations.steps.phone_copy import PhoneCopies
from conversations.turn_context import TurnContext
from conversations.wording import FRAMES, Wording
from core.database import Database
from core.database.models import Reply
from core.languages import LANGUAGES
from core.privacy.receipts import receipt_of
from core.turns import ChoicesBlock, Outcome, ReplyBlock, TextBlock, Turn

WORDS = frozenset({"gateway_erasing", "gateway_language_changed", "gateway_nothing_to_repeat"})
_NOT_REPEATED = (Outcome.COMMAND, Outcome.SILENT, Outcome.HUMAN, Outcome.FALLBACK)


class ConversationCommands:
    """An ``Addition``: the texts for the commands that the dialogue passes on. The record changes as the reply is committed."""

    def __init__(self, database: Database, wording: Wording, signing: Signing, copies: PhoneCopies) -> None:
        wording.require(WORDS)
        self._database, self._wording, self._signing, self._copies = database, wording, signing, copies

    async def __call__(self, context: TurnContext, turn: Turn) -> Turn:
        conversation, channel, language = context.conversation, context.channel, context.reply_language
        if turn.language in (*LANGUAGES, *FRAMES):
            return self._say(turn, "gateway_language_changed", channel, turn.language)
        if turn.move == "to_phone":
            return await self._copies.ask(conversation=conversation, channel=channel, language=language)
        if turn.move == "erase":
            return self._say(turn, "gateway_erasing", channel, language, receipt=receipt_of(conversation))
        if turn.move == "repeat":
            return await self._last_reply(conversation) or self._say(turn, "gateway_nothing_to_repeat", channel, language)
        return turn

    async def _last_reply(self, conversation: str) -> Turn | None:
        async with self._database.read(brief=True) as session:
            replies = await latest_replies(session, conversation, Reply.outcome.not_in(_NOT_REPEATED), limit=1)
        if not replies:
            return None
        (reply,) = replies
        try:
            blocks = tuple(self._with_unsigned_choices(conversation, block) for block in read_blocks(reply))
        except BadToken:  # the key has changed since: its buttons are no longer valid
            blocks = tuple(block for block in read_blocks(reply) if not isinstance(block, ChoicesBlock))
        return Turn(
            outcome=Outcome(reply.outcome),
            blocks=blocks,
            entry=reply.entry,
            entry_version=reply.entry_version,
            snapshot=reply.snapshot,
            confidence=reply.confidence,
        )

    def _with_unsigned_choices(self, conversation: str, block: ReplyBlock) -> ReplyBlock:
        if not isinstance(block, ChoicesBlock):
            return block
        options = tuple(
            option.model_copy(update={"payload": self._signing.choice(conversation, option.payload).payload})
            for option in block.options
        )
        return block.model_copy(update={"options": options})

    def _say(self, turn: Turn, name: str, channel: str, language: str, **values: str) -> Turn:
        text = self._wording.text(name, channel=channel, language=language, **values)
        return turn.model_copy(update={"blocks": (TextBlock(text=text),)})
