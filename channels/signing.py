"""What we hand out and want back unchanged: tokens of web conversations, and payloads of buttons."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from itsdangerous import BadData, Signer, URLSafeSerializer

from core.turns import ChoicesBlock, ReplyBlock


class BadToken(Exception):
    """A token or payload that we did not sign, or signed for another conversation."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that was pressed: the payload for Rasa, and the label that the citizen read."""

    payload: str
    label: str


class Signing:
    """Signs with keys derived from ``secret``; each kind of token has its own, so that none passes for another."""

    def __init__(self, secret: str) -> None:
        if not secret:
            raise ValueError("the secret key is empty")
        self._secret = secret
        self._tokens = Signer(secret, salt="guichet web conversation")

    def token(self, conversation: str) -> str:
        """What a web client shows to act in ``conversation``."""
        return self._tokens.sign(conversation).decode()

    def conversation(self, token: str) -> str:
        """The conversation that ``token`` was made for. Raises ``BadToken``."""
        try:
            return self._tokens.unsign(token).decode()
        except (BadData, UnicodeError) as error:
            raise BadToken from error

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
        """The button behind a signed payload. Raises ``BadToken``."""
        try:
            payload, label = self._choices(conversation).loads(signed)
        except (BadData, ValueError, TypeError) as error:
            raise BadToken from error
        return Choice(str(payload), str(label))

    def _choices(self, conversation: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret, salt=f"guichet choice {conversation}")


def new_id() -> str:
    """A random id of 32 hex digits: nobody can guess it, and it says nothing of whom it stands for."""
    return secrets.token_hex(16)
