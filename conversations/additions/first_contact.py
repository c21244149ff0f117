"""The notice for a new number, in a message of its own: who answers, that it is a machine, how to stop."""

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered, Renderer
from conversations.wording import Wording
from core.database.models import Conversation, Reply
from core.turns import NoticeBlock, Outcome

# The answer to STOP or AIDE comes alone, and so do emergency numbers: in a danger nobody reads about data protection first. The
# notice is then due before the next reply.
_WITHOUT_NOTICE = (Outcome.COMMAND, Outcome.SILENT, Outcome.CRISIS)


class FirstContact:
    """A ``LeadingMessage``: the notice before a conversation's first reply.

    ``renderers``: by channel. ``privacy_url``: the page with more about privacy.
    """

    def __init__(self, wording: Wording, renderers: Mapping[str, Renderer], *, privacy_url: str) -> None:
        wording.require({"gateway_first_contact"})
        self._wording = wording
        self._renderers = renderers
        self._privacy_url = privacy_url

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> tuple[Rendered, ...]:
        """Returns the notices due before a reply with ``outcome``: one, or none. To be called before the reply is added."""
        if outcome in _WITHOUT_NOTICE or await _answered_before(session, conversation.id):
            return ()
        channel, language = conversation.channel, conversation.last_language
        text = self._wording.text("gateway_first_contact", channel=channel, language=language, url=self._privacy_url)
        return (self._renderers[channel]((NoticeBlock(text=text),), language=language),)


async def _answered_before(session: AsyncSession, conversation: str) -> bool:
    earlier = exists().where(Reply.conversation_id == conversation, Reply.outcome.not_in(_WITHOUT_NOTICE))
    return bool((await session.execute(select(earlier))).scalar_one())
