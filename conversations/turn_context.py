"""A message to answer, with all that its steps may know about it."""

from dataclasses import dataclass

from conversations.deadline import Deadline
from core.care import Alert


@dataclass(frozen=True, slots=True)
class TurnContext:
    """A message, and the record's data about its conversation.

    - ``language``: the citizen's choice. ``last_written_language``: the language in which they wrote last, or empty.
    - ``payload``: of the button that was pressed. ``chosen_payload``: of the option that ``text`` names by number or label.
    - ``masked``: the kinds of personal data masked in ``text``. ``number_hint``: what may be shown of a number or an address
    among them that is kept for a form, or empty. ``number_for_yes_or_no``: one came that the form
    cannot keep: instead of a yes or a no, or an incomplete address.
    - ``offered``: payloads of the numbered choices shown last. ``choices_not_shown``: the last message had no space for its
    choices.
    - ``attempts``: how often a worker has begun this message, now included.
    - ``danger`` and ``message_language``: the results of ``turns.message_reading``; ``is_read`` is true once they are set.
    """

    message_id: str
    conversation: str
    channel: str
    language: str
    text: str
    payload: str | None
    masked: tuple[str, ...]
    offered: tuple[str, ...]
    attempts: int
    deadline: Deadline
    number_hint: str = ""
    chosen_payload: str | None = None
    last_written_language: str = ""
    number_for_yes_or_no: bool = False
    choices_not_shown: bool = False
    is_read: bool = False
    danger: Alert | None = None
    message_language: str = ""

    @property
    def last_language(self) -> str:
        """Returns the language to answer in if the message shows none, as ``Conversation.last_language``."""
        return self.last_written_language or self.language

    @property
    def reply_language(self) -> str:
        """Returns the language to answer in: that of the message."""
        return self.message_language or self.last_language

    @property
    def is_choice(self) -> bool:
        """Decides whether the message takes an option: by its button, its number or its label."""
        return bool(self.payload or self.chosen_payload)
