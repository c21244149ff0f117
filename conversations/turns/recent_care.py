"""The texts about a danger or a death that a conversation got shortly before. "Il est là" alone names no danger."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from conversations.events import read_blocks
from conversations.record.replies import latest_replies
from conversations.turns.care import MOURNING, NUMBERS, PERHAPS
from conversations.wording import FRAMES, Wording
from core.channels import CHANNELS
from core.database import Database
from core.database.base import now
from core.database.models import Reply
from core.languages import LANGUAGES
from core.turns import TextBlock

_REPLIES = 4  # the last replies of the conversation that are read
_WITHIN = timedelta(hours=3)

# Returns the names of the texts about a danger or a death shortly before, in a conversation.
type Recall = Callable[[str], Awaitable[tuple[str, ...]]]


class RecentCare:
    """Reads the texts from the replies, which need no column of their own: the emergency numbers are among their blocks."""

    def __init__(self, database: Database, wording: Wording) -> None:
        self._database = database
        # The line for a doubtful danger counts as the numbers for it.
        remembered = {name: name for name in (*NUMBERS, MOURNING)} | {name: f"care_{kind}" for name, kind in PERHAPS.items()}
        self._names = {
            wording.text(said, channel=channel, language=language): name
            for said, name in remembered.items()
            for channel in CHANNELS
            for language in (*LANGUAGES, *FRAMES)
        }

    async def __call__(self, conversation: str) -> tuple[str, ...]:
        """Returns the names of the texts in the latest replies, the newest first.

        Several replies are read: a person who reported violence, and then having no place to go, still needs the first number.
        """
        async with self._database.read(brief=True) as session:
            replies = await latest_replies(session, conversation, Reply.created_at > now() - _WITHIN, limit=_REPLIES)
        texts = [block.text for reply in replies for block in read_blocks(reply) if isinstance(block, TextBlock)]
        return tuple(dict.fromkeys(self._names[text] for text in texts if text in self._names))
