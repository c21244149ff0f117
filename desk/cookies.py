"""The shell's cookies: the session's, the one that marks a known browser, and that of a sign-in in progress."""

from fastapi import Response

from desk.shell import Shell

_HALF_A_YEAR = 180 * 86400


def set_session_cookie(response: Response, shell: Shell, token: str) -> None:
    """Sets the session's cookie. The browser deletes it when it closes; the server ends the session by itself."""
    response.set_cookie(shell.cookie, token, path="/", secure=shell.secure, httponly=True, samesite="strict")


def set_device_cookie(response: Response, shell: Shell, staff_id: str) -> None:
    """Marks the browser as known to the account, so that failed guesses elsewhere do not lock its owner out here."""
    token = shell.vault.device(staff_id)
    response.set_cookie(
        shell.device_cookie, token, max_age=_HALF_A_YEAR, path="/", secure=shell.secure, httponly=True, samesite="strict"
    )


def set_sign_in_cookie(response: Response, shell: Shell, token: str, *, minutes: int) -> None:
    """Sets the cookie of a sign-in at the identity provider. Lax, because the browser returns from another site."""
    response.set_cookie(
        shell.started_cookie, token, max_age=minutes * 60, path="/", secure=shell.secure, httponly=True, samesite="lax"
    )


def delete_sign_in_cookie(response: Response, shell: Shell) -> None:
    """Deletes the cookie of a sign-in that has ended."""
    response.delete_cookie(shell.started_cookie, path="/", secure=shell.secure, httponly=True, samesite="lax")


def delete_session_cookie(response: Response, shell: Shell) -> None:
    """Deletes the session's cookie."""
    response.delete_cookie(shell.cookie, path="/", secure=shell.secure, httponly=True, samesite="strict")
