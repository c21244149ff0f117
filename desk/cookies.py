"""The shell's two cookies: the session's, and the one by which a browser is known to an account."""

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


def drop_session(response: Response, shell: Shell) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(shell.cookie, path="/", secure=shell.secure, httponly=True, samesite="strict")
