"""A supervisor's answer to a citizen who left an e-mail address: the e-mail, and the link to the conversation in it."""

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import LINK_DAYS, Signing
from conversations.wording import Wording
from core.database.models import Conversation, Handoff
from core.privacy.addresses import Addresses
from core.settings import Settings
from core.turns import AnswerBlock, ReplyBlock, TextBlock
from desk.mail_queue import queue_answer
from supervision.handoffs.handoff_actions import Refused

WORDS = frozenset({"gateway_mail_subject", "gateway_mail_text"})
LINK_PATH = "/assistant/answer"  # the code follows after #, which no server and no log sees


class MailAnswers:
    """Queues answers by e-mail."""

    def __init__(self, settings: Settings, wording: Wording) -> None:
        wording.require(WORDS)
        self._settings, self._wording = settings, wording
        self._addresses = Addresses(*settings.address_keys)
        self._signing = Signing(*settings.secret_keys)

    def queue(self, session: AsyncSession, row: Handoff, conversation: Conversation, reply: str, *blocks: ReplyBlock) -> None:
        """Queues ``reply``, which consists of ``blocks``. Raises ``Refused`` ``no_mail`` if it could not leave."""
        if not self._settings.smtp_host or row.number is None:
            raise Refused("no_mail")
        link = f"{self._settings.base_url}{LINK_PATH}?lang={conversation.last_language}#{self._signing.link(conversation.id)}"
        answer = "\n\n".join(_as_text(block) for block in blocks)
        about = {"channel": conversation.channel, "language": conversation.last_language}
        subject = self._wording.text("gateway_mail_subject", **about)
        text = self._wording.text("gateway_mail_text", **about, answer=answer, link=link, link_days=LINK_DAYS)
        queue_answer(session, self._settings, conversation.id, reply, self._addresses.decrypt(row.number), subject, text)


def _as_text(block: ReplyBlock) -> str:
    """Returns a supervisor's own text; of an entry its title and address, since the passage stands in the conversation."""
    match block:
        case TextBlock():
            return block.text
        case AnswerBlock():
            return f"{block.title}\n{block.source.url}"
    raise ValueError(block.type)
