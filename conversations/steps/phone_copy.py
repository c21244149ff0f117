"""The step that arranges a phone copy: which answer, which number, whether it is right. Its texts are in ``domain.yml``."""

from conversations.events import read_blocks
from conversations.record.phone_copies import find_pending_copy
from conversations.record.replies import latest_replies
from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.channels import traits_of
from core.database import Database
from core.text.yes_no import says_no, says_yes
from core.turns import AnswerBlock, ChoicesBlock, Option, Outcome, PhoneCopyRequest, TextBlock, Turn

SEND, DROP = "/copy_send", "/copy_drop"
WORDS = frozenset(
    {
        "copy_by_sms_already",
        "copy_confirm",
        "copy_dropped",
        "copy_nothing",
        "copy_number",
        "copy_number_wrong",
        "copy_option_drop",
        "copy_option_send",
        "copy_unavailable",
    }
)
_DIGITS, _LETTERS = 4, 12  # so many digits and so few letters look like a number
_MAX_REPLIES = 10  # replies searched for an answer, latest first


class PhoneCopies:
    """A ``Step`` that asks for the number and its confirmation. ``possible``: whether SMS can be sent at all."""

    def __init__(self, database: Database, wording: Wording, *, possible: bool) -> None:
        wording.require(WORDS)
        self._database, self._wording, self._possible = database, wording, possible

    async def ask(self, *, conversation: str, channel: str, language: str) -> Turn:
        """Returns the turn of "send it to my phone": asks for the number, or says why nothing can be sent."""
        if traits_of(channel).identifies_by_number:
            return self._say("copy_by_sms_already", channel, language)
        if not self._possible:
            return self._say("copy_unavailable", channel, language)
        reply = await self._last_answer(conversation)
        if reply is None:
            return self._say("copy_nothing", channel, language)
        turn = self._say("copy_number", channel, language)
        return turn.model_copy(
            update={
                "blocks": (*turn.blocks, self._menu(channel, language, send=False)),
                "phone_copy": PhoneCopyRequest(want="ask", reply=reply),
            }
        )

    async def __call__(self, context: TurnContext) -> Turn | None:
        """Handles the number, a yes, or a no. Any other message passes, and the arrangement waits."""
        if traits_of(context.channel).identifies_by_number:
            return None
        row = await find_pending_copy(self._database, context.conversation)
        hint = row.number_hint if row else ""
        if context.payload in (SEND, DROP):  # also when it is too late: ``CopySending`` says so at the commit
            return self._end(context, "send" if context.payload == SEND else "drop")
        return self._read_message(context, hint) if row is not None and not context.payload else None

    def _read_message(self, context: TurnContext, hint: str) -> Turn | None:
        """Returns the turn for a message while a number is being asked for. ``hint``: of the number already given."""
        if context.number_hint:
            confirm = self._say("copy_confirm", context.channel, context.language, hint=context.number_hint)
            return confirm.model_copy(
                update={"blocks": (*confirm.blocks, self._menu(context.channel, context.language, send=True))}
            )
        if says_no(context.text):
            return self._end(context, "drop")
        if hint and says_yes(context.text):
            return self._end(context, "send")
        letters, digits = sum(map(str.isalpha, context.text)), sum(map(str.isdigit, context.text))
        if "phone" in context.masked or (not hint and digits >= _DIGITS and letters <= _LETTERS):
            return self._say("copy_number_wrong", context.channel, context.language)
        return None

    async def _last_answer(self, conversation: str) -> str | None:
        """Returns the id of the last reply that showed an answer."""
        async with self._database.read(brief=True) as session:
            replies = await latest_replies(session, conversation, limit=_MAX_REPLIES)
        return next((one.id for one in replies if any(isinstance(block, AnswerBlock) for block in read_blocks(one))), None)

    def _end(self, context: TurnContext, want: str) -> Turn:
        """Returns the text for success; ``conversations.additions.phone_copy_sending`` may replace it."""
        turn = self._say("copy_dropped", context.channel, context.language)
        return turn.model_copy(update={"phone_copy": PhoneCopyRequest.model_validate({"want": want})})

    def _menu(self, channel: str, language: str, *, send: bool) -> ChoicesBlock:
        about = {"channel": channel, "language": language}
        drop = Option(label=self._wording.text("copy_option_drop", **about), payload=DROP)
        options = (Option(label=self._wording.text("copy_option_send", **about), payload=SEND), drop) if send else (drop,)
        return ChoicesBlock(purpose="menu", options=options)

    def _say(self, name: str, channel: str, language: str, **values: object) -> Turn:
        text = self._wording.text(name, channel=channel, language=language, **values)
        return Turn(outcome=Outcome.SMALL_TALK, blocks=(TextBlock(text=text),))
