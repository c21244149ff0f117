"""The simulator's account at its simulated Twilio, and the rule of access to the simulator."""

import hashlib
import hmac
import ipaddress

from starlette.requests import HTTPConnection

from channels.sms.providers.twilio import TwilioAccount
from conversations.ports import SIMULATED
from core.settings import Settings

NAME = SIMULATED
SERVICE_NUMBER = "+33199000000"  # 01 99 00 … and 06 39 98 … are reserved for fiction by the French numbering plan
PHONES = ("+33639980001", "+33639980002", "+33639980003")

_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_offered(settings: Settings) -> bool:
    """Decides whether this installation has a simulator: never in production, never together with a real provider."""
    return settings.sms_provider == NAME and not settings.production


def simulator_account(settings: Settings) -> TwilioAccount:
    """Returns the account. Its secrets derive from the secret key: the same in every process, unknown outside."""
    return TwilioAccount(
        sid="AC" + _derived(settings, "account"),
        auth_token=_derived(settings, "token"),
        sender=SERVICE_NUMBER,
        base_url=f"{local_url(settings)}/simulator/api",
    )


def _derived(settings: Settings, purpose: str) -> str:
    key = settings.secret_key.get_secret_value().encode()
    return hmac.new(key, f"guichet simulator {purpose}".encode(), hashlib.sha256).hexdigest()[:32]


def local_url(settings: Settings) -> str:
    """Returns the gateway's address on this machine, whatever its public address."""
    return f"http://127.0.0.1:{settings.port}"


def is_local(request: HTTPConnection) -> bool:
    """Decides whether ``request`` comes from this machine, uses its name, and passed no proxy that might hide another sender.

    The name matters: a page elsewhere can make its own name point to 127.0.0.1.
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
