"""Why somebody is not let in, or an account not changed. The desk and the commands have words for each ``code``."""

from __future__ import annotations

from typing import Any


class IdentityError(Exception):
    """``code`` names the reason: a key of ``desk/words.yml``, with ``desk_`` before it."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class WrongCredentials(IdentityError):
    """Address and password do not fit together; which of them is wrong is not said."""

    def __init__(self) -> None:
        super().__init__("wrong_credentials")


class HeldOff(IdentityError):
    """Too many failures: ``seconds`` until the next try is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__("held_off", minutes=max(1, round(seconds / 60)))
        self.seconds = seconds
