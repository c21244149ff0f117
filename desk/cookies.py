"""The shell's cookies: the session's, the one by which a browser is known to an account, and a sign-in on its way."""

from __future__ import annotations

from fastapi import Response

from desk.shell import Shell

_HALF_A_YEAR = 180 * 86400


def keep_session(response: Response, shell: Shell, token: str) -> None:
    """Give the browser a session. It forgets it when it is closed; the server ends it by itself."""
    response.set_cookie(shell.cookie, token, path="/", secure=shell.secure, httponly=True, samesite="strict")


def keep_device(response: Response, shell: Shell, staff_id: str) -> None:
    """Have the browser known to the account, so that nobody who guesses elsewhere holds off its owner here."""
    token = shell.vault.device(staff_id)
    response.set_cookie(
        shell.device_cookie, token, max_age=_HALF_A_YEAR, path="/", secure=shell.secure, httponly=True, samesite="strict"
    )


def keep_started(response: Response, shell: Shell, token: str, *, minutes: int) -> None:
    """What a browser keeps while somebody is at the identity provider. Lax: it must come back with them, from another site."""
    response.set_cookie(
        shell.started_cookie, token, max_age=minutes * 60, path="/", secure=shell.secure, httponly=True, samesite="lax"
    )


def drop_started(response: Response, shell: Shell) -> None:
    """It has come to its end, one way or the other."""
    response.delete_cookie(shell.started_cookie, path="/", secure=shell.secure, httponly=True, samesite="lax")


def drop_session(response: Response, shell: Shell) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(shell.cookie, path="/", secure=shell.secure, httponly=True, samesite="strict")
