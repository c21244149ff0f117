"""Signed values that clients return unchanged: tokens of web conversations, links to them, and payloads of buttons."""

import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from core.turns import ChoicesBlock, ReplyBlock

LINK_DAYS = 7  # of a link in an e-mail to a conversation


class BadToken(Exception):
    """A token or payload that we did not sign, or signed for another conversation."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that was pressed: the payload for Rasa, and the label that the citizen read."""

    payload: str
    label: str


class Signing:
    """Signs with keys derived from the first of ``secrets``, and accepts signatures made with the others. Each kind of token
    has its own key, so that none is valid as another kind.
    """

    def __init__(self, *secrets: str, token_days: float | Callable[[], float] = 90) -> None:
        if not secrets or not all(secrets):
            raise ValueError("the secret key is empty")
        self._secrets = secrets[::-1]  # itsdangerous signs with the last
        self._tokens = URLSafeTimedSerializer(self._secrets, salt="guichet web conversation of a site")
        self._links = URLSafeTimedSerializer(self._secrets, salt="guichet link to a conversation")
        self._token_days = token_days

    @property
    def _seconds(self) -> int:
        days = self._token_days
        return int((days() if callable(days) else days) * 86400)

    def token(self, conversation: str, site: str = "", *, until: int | None = None) -> str:
        """Returns the token with which a web client on a page of ``site`` (an origin; empty: ours) acts in ``conversation``.

        ``until`` (seconds since 1970): it ends then already, and not only when all tokens do.
        """
        return str(self._tokens.dumps([conversation, site] if until is None else [conversation, site, until]))

    def conversation(self, token: str) -> tuple[str, str]:
        """Returns the conversation and the site of ``token``. Raises ``BadToken``, also for an expired one."""
        return self._read(token)[:2]

    def link(self, conversation: str) -> str:
        """Returns the code in the link of an e-mail: it opens ``conversation`` on our own pages, for ``LINK_DAYS``."""
        return str(self._links.dumps(conversation))

    def exchange_link(self, code: str, own: str = "") -> tuple[str, str]:
        """Returns the conversation of a link's code and a token for it on our own pages, which ends with the link: whoever got
        the e-mail by mistake reads no longer. ``own``, the caller's present token, is kept if it opens the same for longer.

        Raises ``BadToken``, also for an expired link.
        """
        seconds = LINK_DAYS * 86400
        value, signed_at = _loaded(self._links, code, seconds)
        conversation, until = str(value), int(signed_at) + seconds
        with suppress(BadToken):
            *opened, end = self._read(own)
            if opened == [conversation, ""] and end > until:
                return conversation, own
        return conversation, self.token(conversation, until=until)

    def sign_choices(self, conversation: str, blocks: Iterable[ReplyBlock]) -> tuple[ReplyBlock, ...]:
        """Returns ``blocks`` whose options have signed payloads, valid in ``conversation`` only."""
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
        """Returns the button of a signed payload. Raises ``BadToken``."""
        try:
            payload, label = self._choices(conversation).loads(signed)
        except (BadData, ValueError, TypeError) as error:
            raise BadToken from error
        return Choice(str(payload), str(label))

    def _read(self, token: str) -> tuple[str, str, float]:
        """Returns the conversation, the site and the end of a valid ``token``. Raises ``BadToken``."""
        value, signed_at = _loaded(self._tokens, token, self._seconds)
        try:
            conversation, site, *until = value
            end = min([signed_at + self._seconds, *until])
        except (ValueError, TypeError) as error:
            raise BadToken from error
        if time.time() > end:
            raise BadToken
        return str(conversation), str(site), end

    def _choices(self, conversation: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secrets, salt=f"guichet choice {conversation}")


def _loaded(serializer: URLSafeTimedSerializer, token: str, seconds: int) -> tuple[Any, float]:
    """Returns the value, and when it was signed. Raises ``BadToken``, also ``seconds`` after that."""
    try:
        value, signed_at = serializer.loads(token, return_timestamp=True)
    except (BadData, UnicodeError, ValueError, TypeError) as error:
        raise BadToken from error
    if time.time() - signed_at.timestamp() > seconds:  # ``max_age`` refuses tokens from before the clock was put back
        raise BadToken
    return value, signed_at.timestamp()


def new_id() -> str:
    """Returns a random id of 32 hex digits, which cannot be guessed and reveals nothing."""
    return secrets.token_hex(16)
