"""The simulator's account with itself, and the rule of who may see the simulator."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from starlette.requests import HTTPConnection

from channels.sms.providers.twilio import TwilioAccount
from core.settings import Settings

NAME = "simulator"
SERVICE_NUMBER = "+33199000000"  # 01 99 00 … and 06 39 98 … are kept for fiction by the French numbering plan
PHONES = ("+33639980001", "+33639980002", "+33639980003")

_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_offered(settings: Settings) -> bool:
    """Whether this installation has a simulator: never in production, never beside a real provider."""
    return settings.sms_provider == NAME and not settings.production


def simulator_account(settings: Settings) -> TwilioAccount:
    """An account whose secrets follow from the secret key: the same in every process, unknown outside."""
    key = settings.secret_key.get_secret_value().encode()

    def derived(purpose: str) -> str:
        return hmac.new(key, f"guichet simulator {purpose}".encode(), hashlib.sha256).hexdigest()[:32]

    return TwilioAccount(
        sid="AC" + derived("account"),
        auth_token=derived("token"),
        sender=SERVICE_NUMBER,
        base_url=f"{local_url(settings)}/simulator/api",
    )


def local_url(settings: Settings) -> str:
    """The gateway as this machine reaches it, whatever its public address."""
    return f"http://127.0.0.1:{settings.port}"


def is_local(request: HTTPConnection) -> bool:
    """Whether ``request`` comes from this machine, for it by name, and through no proxy that might hide somebody else.

    The name matters: a page elsewhere can let its own name point to 127.0.0.1.
    """
    if request.client is None or any(name in request.headers for name in _PROXIED):
        return False
    return _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
