"""Reasons for a refused sign-in or a refused change of an account. The desk and the commands have a text for each ``code``."""

from typing import Any


class IdentityError(Exception):
    """``code`` identifies the reason: a key of ``desk/words.yml`` without its prefix ``desk_``."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class WrongCredentials(IdentityError):
    """Address and password do not match. The message does not say which of them is wrong."""

    def __init__(self) -> None:
        super().__init__("wrong_credentials")


class TooManyAttempts(IdentityError):
    """Too many failures. ``seconds``: until the next attempt is possible."""

    def __init__(self, seconds: int) -> None:
        super().__init__("held_off", minutes=max(1, round(seconds / 60)))
        self.seconds = seconds


class TooManyCodes(TooManyAttempts):
    """Too many wrong codes of one account within a day. ``just_now``: this one was the last that is looked at."""

    def __init__(self, seconds: int, *, just_now: bool = False) -> None:
        super().__init__(seconds)
        self.code, self.values = "codes_held", {"hours": max(1, round(seconds / 3600))}
        self.just_now = just_now
