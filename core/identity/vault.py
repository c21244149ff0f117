"""Secrets and signatures of identity, by keys from the installation's secret: the record alone opens nothing."""

import hashlib
import hmac
import secrets
import time

from itsdangerous import BadData, TimestampSigner

from core.secrets import Ciphers, derived_key, is_one_of

_DEVICE_SECONDS = 180 * 86400


class Vault(Ciphers):
    """Encrypts second factors, digests what is counted, signs devices and forms.

    ``secrets``: ``settings.secret_keys``. The first one encrypts and signs; data from the others can still be read.
    """

    def __init__(self, *secrets: str) -> None:
        super().__init__(secrets, b"guichet staff cipher")
        self._digest = derived_key(secrets[0], b"guichet staff digest")
        self._forms = [derived_key(secret, b"guichet staff form") for secret in secrets]
        devices = [derived_key(secret, b"guichet staff device") for secret in reversed(secrets)]  # it signs with the last
        self._devices = TimestampSigner(devices, digest_method=hashlib.sha256)

    @staticmethod
    def same(one: str, other: str) -> bool:
        """Decides whether two secrets are equal, in constant time."""
        return hmac.compare_digest(one.encode(), other.encode())

    def digest(self, text: str) -> str:
        """Returns 64 hex digits that reveal nothing about ``text`` without the key."""
        return hmac.new(self._digest, text.encode(), hashlib.sha256).hexdigest()

    def form_token(self, session: str) -> str:
        """Returns the token that a form of ``session`` must contain (protection against CSRF)."""
        return hmac.new(self._forms[0], session.encode(), hashlib.sha256).hexdigest()

    def knows_form(self, given: str, session: str) -> bool:
        """Decides whether ``given`` is the ``form_token`` of ``session``."""
        return is_one_of(given, [hmac.new(key, session.encode(), hashlib.sha256).hexdigest() for key in self._forms])

    def device(self, staff_id: str) -> str:
        """Returns a token for a browser in which ``staff_id`` has signed in."""
        return self._devices.sign(staff_id).decode()

    def knows_device(self, token: str, staff_id: str) -> bool:
        """Decides whether ``token`` was made for ``staff_id`` within the last half year."""
        try:
            name, signed_at = self._devices.unsign(token, return_timestamp=True)
            # Not ``max_age``: it refuses tokens from before the clock was put back.
            return name.decode() == staff_id and time.time() - signed_at.timestamp() <= _DEVICE_SECONDS
        except (BadData, UnicodeError):
            return False


def new_token() -> str:
    """Returns a secret of 256 bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Returns the stored form of a token: it is random enough for a plain digest."""
    return hashlib.sha256(token.encode()).hexdigest()
