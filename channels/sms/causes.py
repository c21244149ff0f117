"""Causes of undelivered messages, for staff: a provider's code, or our own word, as one of a few causes."""

from collections.abc import Mapping
from typing import Literal

from channels.sms.providers import ovh, twilio, vonage
from channels.sms.providers.cause import Cause
from conversations.ports import SIMULATED

# Words that ``conversations.delivery.outbound`` writes itself.
Own = Literal["opted_out", "budget", "deadline", "crash", "no_answer", "connection", "set_up"]
_OWN: dict[str, Own] = {
    "opted out": "opted_out",
    "budget": "budget",
    "deadline": "deadline",
    "lost": "crash",
    "no such provider": "set_up",
    "no address": "set_up",
    "ConnectError": "connection",
    "ConnectTimeout": "connection",
    "PoolTimeout": "connection",
}
_PROVIDERS = {"twilio": twilio, "vonage": vonage, "ovh": ovh}
_CAUSES: Mapping[str, Mapping[str, Cause]] = {name: provider.CAUSES for name, provider in _PROVIDERS.items()}
_RETRYABLE: Mapping[str, frozenset[str]] = {name: provider.RETRYABLE for name, provider in _PROVIDERS.items()}


def cause_of(provider: str, status: str, code: str) -> Cause | Own:
    """Returns the cause for a delivery's ``status`` (failed, expired, uncertain …) and its ``code`` in the record."""
    if code in _OWN:
        return _OWN[code]
    if status == "uncertain":
        return "no_answer"  # here the code is the name of an exception
    return _CAUSES.get(_real_name(provider), {}).get(code, "unsaid")


def is_temporary(provider: str, code: str) -> bool:
    """Decides whether a receipt's ``code`` means that the network had no capacity: the message may be sent again."""
    return code in _RETRYABLE.get(_real_name(provider), frozenset())


def _real_name(provider: str) -> str:
    """Returns the provider that ``provider`` is, or simulates."""
    return "twilio" if provider == SIMULATED else provider.removeprefix(f"{SIMULATED}-")
