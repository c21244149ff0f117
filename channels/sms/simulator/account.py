"""The simulator's accounts, one for each simulated provider, and the rule of access to it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from pathlib import Path

from starlette.requests import HTTPConnection

from channels.sms.providers.description import Description
from channels.sms.providers.generic import GenericAccount
from channels.sms.providers.ovh import OvhAccount
from channels.sms.providers.twilio import TwilioAccount
from channels.sms.providers.vonage import VonageAccount
from conversations.ports import SIMULATED
from core.settings import Settings

NAME = SIMULATED  # simulates Twilio
VONAGE, OVH, GENERIC, MTARGET = (f"{SIMULATED}-{one}" for one in ("vonage", "ovh", "generic", "mtarget"))
SIMULATED_PROVIDERS = {NAME: "Twilio", VONAGE: "Vonage", OVH: "OVHcloud", GENERIC: "HTTP", MTARGET: "Mtarget"}
_FOLDER = Path(__file__).parent
_MTARGET_FILE = _FOLDER.parent / "providers" / "examples" / "mtarget.yml"
SERVICE_NUMBER = "+33199000000"  # 01 99 00 … and 06 39 98 … are reserved for fiction by the French numbering plan
PHONES = ("+33639980001", "+33639980002", "+33639980003")

_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_offered(settings: Settings) -> bool:
    """Decides whether this installation has a simulator: never in production, never together with a real provider."""
    return settings.sms_provider == NAME and not settings.production


def simulator_account(settings: Settings) -> TwilioAccount:
    """Returns the account at Twilio. Its secrets derive from the secret key: the same in every process, unknown outside."""
    return TwilioAccount(
        sid="AC" + _derived(settings, "account"),
        auth_token=_derived(settings, "token"),
        sender=SERVICE_NUMBER,
        base_url=f"{local_url(settings)}/simulator/api",
    )


def vonage_account(settings: Settings) -> VonageAccount:
    """Returns the account at Vonage."""
    return VonageAccount(
        key=_derived(settings, "vonage key")[:8],
        secret=_derived(settings, "vonage secret"),
        signature_secret=_derived(settings, "vonage signature"),
        sender=SERVICE_NUMBER.removeprefix("+"),
        base_url=f"{local_url(settings)}/simulator/api",
    )


def ovh_account(settings: Settings) -> OvhAccount:
    """Returns the account at OVHcloud."""
    return OvhAccount(
        service="sms-simulator-1",
        application_key=_derived(settings, "ovh application")[:16],
        application_secret=_derived(settings, "ovh secret"),
        consumer_key=_derived(settings, "ovh consumer"),
        base_url=f"{local_url(settings)}/simulator/api",
    )


def generic_account(settings: Settings) -> GenericAccount:
    """Returns the account at the generic provider."""
    return GenericAccount("simulator", _derived(settings, "generic secret"), SERVICE_NUMBER)


def generic_description(settings: Settings) -> Description:
    """Returns the description of the generic provider."""
    described = Description.load(_FOLDER / "generic.yml")
    url = described.send.url.replace("{base_url}", f"{local_url(settings)}/simulator/api")
    return described.model_copy(update={"send": described.send.model_copy(update={"url": url})})


def mtarget_account(settings: Settings) -> GenericAccount:
    """Returns the account at Mtarget."""
    return GenericAccount("simulator", _derived(settings, "mtarget secret"), SERVICE_NUMBER)


def mtarget_description(settings: Settings) -> Description:
    """Returns the example that administrations use, with another name and address."""
    described = Description.load(_MTARGET_FILE)
    send = described.send.model_copy(update={"url": f"{local_url(settings)}/simulator/api/mtarget/messages"})
    return described.model_copy(update={"name": MTARGET, "send": send})


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
