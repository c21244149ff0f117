"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes in case the telephone is lost."""

import hmac
import re
import secrets
import time

import pyotp

from core.identity.vault import token_digest

_STEP_SECONDS = 30
_DRIFT_STEPS = 1  # telephones' clocks are slightly wrong
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that look alike
RECOVERY_CODES = 10


def new_secret() -> str:
    """Returns a secret in base 32, of 160 bits."""
    return pyotp.random_base32()


def address(secret: str, *, email: str, service: str) -> str:
    """Returns the ``otpauth://`` address that an authenticator takes from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=service)


def step_of(secret: str, code: str, *, after: int = 0, at: float | None = None) -> int | None:
    """Returns the time step for which ``code`` is right, or ``None``. Codes of steps up to ``after`` are used already."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    present = int((time.time() if at is None else at) // _STEP_SECONDS)
    generator = pyotp.TOTP(secret)
    for step in range(present - _DRIFT_STEPS, present + _DRIFT_STEPS + 1):
        if step > after and hmac.compare_digest(generator.at(step * _STEP_SECONDS), digits):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Returns codes to print and store, as the person reads them: ``abcde-fghij-kmnpq``."""
    return ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)) for _ in range(RECOVERY_CODES)]


def is_recovery(code: str) -> bool:
    """Decides whether ``code`` is a recovery code: an authenticator shows only digits."""
    return any(map(str.isalpha, code))


def recovery_digest(code: str) -> str:
    """Returns the stored form of a recovery code, whatever its spelling."""
    return token_digest("recovery " + re.sub(r"[^a-z0-9]", "", code.lower()))
