"""What we hand out and want back unchanged: tokens of web conversations, and payloads of buttons."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from core.turns import ChoicesBlock, ReplyBlock


class BadToken(Exception):
    """A token or payload that we did not sign, or signed for another conversation."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that was pressed: the payload for Rasa, and the label that the citizen read."""

    payload: str
    label: str


class Signing:
    """Signs with keys derived from the first of ``secrets``; what another of them signed is accepted. Each kind of token has
    its own key, so that none passes for another."""

    def __init__(self, *secrets: str, token_days: float = 90) -> None:
        if not secrets or not all(secrets):
            raise ValueError("the secret key is empty")
        self._secrets = secrets[::-1]  # itsdangerous signs with the last
        self._tokens = URLSafeTimedSerializer(self._secrets, salt="guichet web conversation of a site")
        self._seconds = int(token_days * 86400)

    def token(self, conversation: str, site: str = "") -> str:
        """Returns what a web client on a page of ``site`` (an origin; empty: ours) shows to act in ``conversation``."""
        return str(self._tokens.dumps([conversation, site]))

    def conversation(self, token: str) -> tuple[str, str]:
        """The conversation and the site that ``token`` was made for. Raises ``BadToken``, also for one that is too old."""
        try:
            (conversation, site), signed_at = self._tokens.loads(token, return_timestamp=True)
        except (BadData, UnicodeError, ValueError, TypeError) as error:
            raise BadToken from error
        if time.time() - signed_at.timestamp() > self._seconds:  # not ``max_age``: it refuses those of a clock since put back
            raise BadToken
        return str(conversation), str(site)

    def sign_choices(self, conversation: str, blocks: Iterable[ReplyBlock]) -> tuple[ReplyBlock, ...]:
        """``blocks`` whose options carry signed payloads, good in ``conversation`` only."""
        serializer = self._choices(conversation)
        return tuple(
            block.model_copy(
                update={
                    "options": tuple(
                        option.model_copy(update={"payload": serializer.dumps([option.payload, option.label])})
                        for option in block.options
                    )
                }
            )
            if isinstance(block, ChoicesBlock)
            else block
            for block in blocks
        )

    def choice(self, conversation: str, signed: str) -> Choice:
        """Returns the button behind a signed payload. Raises ``BadToken``."""
        try:
            payload, label = self._choices(conversation).loads(signed)
        except (BadData, ValueError, TypeError) as error:
            raise BadToken from error
        return Choice(str(payload), str(label))

    def _choices(self, conversation: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secrets, salt=f"guichet choice {conversation}")


def new_id() -> str:
    """Returns a random id of 32 hex digits: nobody can guess it, and it says nothing of whom it stands for."""
    return secrets.token_hex(16)
