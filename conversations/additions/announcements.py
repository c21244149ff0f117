"""Announcements and emergencies, sent before a reply on channels that have no page to show them."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered, Renderer
from conversations.service_control.controls import ActiveControl, ServiceStateCache
from conversations.wording import Wording
from core.database.conflict import insert_if_absent
from core.database.models import Conversation, Told
from core.turns import NoticeBlock, Outcome

WORDS = frozenset({"gateway_announcement", "gateway_emergency"})
# Nothing goes before these: in a danger the emergency numbers are read first.
_SENT_ALONE = (Outcome.COMMAND, Outcome.SILENT, Outcome.HUMAN, Outcome.CRISIS)


class Announcements:
    """A ``LeadingMessage``: sent once to each conversation, before its next reply; never sent alone.

    ``renderers``: by channel.
    """

    def __init__(self, controls: ServiceStateCache, wording: Wording, renderers: Mapping[str, Renderer]) -> None:
        wording.require(WORDS)
        self._controls, self._wording, self._renderers = controls, wording, renderers

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]:
        if outcome in _SENT_ALONE:
            return ()
        return [
            self._render(control, conversation)
            for control in (await self._controls.state()).announcements
            if await insert_if_absent(session, Told, conversation_id=conversation.id, control_id=control.id)
        ]

    def _render(self, control: ActiveControl, conversation: Conversation) -> Rendered:
        name = "gateway_emergency" if control.name == "emergency" else "gateway_announcement"
        channel, language = conversation.channel, conversation.last_language
        text = self._wording.text(name, channel=channel, language=language, text=control.text_in(language)[0])
        return self._renderers[channel]((NoticeBlock(text=text),), language=language)
