"""The options that a conversation was offered last, and which of them a text names."""

from collections.abc import Iterator
from contextlib import suppress

from conversations.signing import BadToken, Signing
from conversations.turns.choices import is_number, option_by_label, option_by_number, unsure_option
from core.database.models import Conversation

_PAGE, _NONE_OF_THESE = "/choose{", "/none_of_these"  # beginning of the payload of a page, and payload of "none of these"


class Offers:
    """The options of ``conversation``. Signatures are verified only when needed: some were made with a secret that is gone."""

    def __init__(self, conversation: Conversation, signing: Signing) -> None:
        self._conversation, self._signing = conversation, signing

    def named_by(self, text: str) -> str | None:
        """Returns the payload of the option that ``text`` names: by number if numbers or pages were shown, else by label.

        Any wording of "I do not know" names the option with that meaning.
        """
        numbered = self._conversation.offered or (self._pages() if is_number(text) else None)
        by_number = option_by_number(text, numbered) or unsure_option(text, self._payloads())
        options = self._conversation.options
        if by_number is not None or not options:
            return by_number
        signed = option_by_label(text, [(option["label"], option["payload"]) for option in options])
        with suppress(BadToken):
            return self._signing.choice(self._conversation.id, signed).payload if signed else None
        return None

    def ask_yes_or_no(self) -> bool:
        """Decides whether the options are a yes and a no."""
        return {"/affirm", "/deny"}.issubset(self._verified())

    def _payloads(self) -> Iterator[str]:
        """Yields the payloads of the numbered choices, if there are any, else of all options."""
        yield from self._conversation.offered or self._verified()

    def _pages(self) -> list[str]:
        """Returns the payloads of the pages if nothing else was offered: "le deuxième" needs no shown numbers."""
        *pages, last = self._verified() or [""]
        return pages if last == _NONE_OF_THESE and all(payload.startswith(_PAGE) for payload in pages) else []

    def _verified(self) -> list[str]:
        conversation = self._conversation
        try:
            return [self._signing.choice(conversation.id, option["payload"]).payload for option in conversation.options or ()]
        except BadToken:
            return []
