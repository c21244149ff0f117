"""A message to answer, with what its steps may know of it."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.deadline import Deadline
from core.care import Alert


@dataclass(frozen=True, slots=True)
class TurnContext:
    """A message, and what the record knows of its conversation.

    - ``language``: the one that the citizen chose. ``last_written_language``: the one in which they wrote last, or empty.
    - ``payload``: of the button that was pressed. ``chosen_payload``: of the option that ``text`` names by number or label.
    - ``masked``: the kinds of personal data that were taken out of ``text``. ``number_hint``: what may be shown of the
      telephone number among them that is kept for a call, or empty. ``number_for_yes_or_no``: a number came where a yes or a
      no was asked for.
    - ``offered``: payloads of the numbered choices that were shown last. ``choices_not_shown``: the last message had room for
      none of its choices.
    - ``attempts``: how often a worker has begun this message, now included.
    - ``danger`` and ``message_language``: what ``turns.message_reading`` reads from ``text``; ``is_read`` once it has.
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
        """The language to answer in where the message tells none, as ``Conversation.last_language``."""
        return self.last_written_language or self.language

    @property
    def reply_language(self) -> str:
        """The language to answer in: that of the message."""
        return self.message_language or self.last_language

    @property
    def is_choice(self) -> bool:
        """Decides whether an option was taken: its button pressed, its number or its label written."""
        return bool(self.payload or self.chosen_payload)
