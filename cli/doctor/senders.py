"""Checks whether French operators accept the name or number that sends SMS."""

import re
from collections.abc import Iterator

from cli.doctor.findings import Finding, warning
from cli.language import sentence
from core.settings import Settings

# Charter of the French operators (AF2M) for names, numbering plan (Arcep, decision 2022-1583) for numbers.
_NAME = re.compile(r"[A-Za-z0-9]{3,11}")
_SHORT_NUMBER = re.compile(r"3\d{4}")
_MOBILE = re.compile(r"(?:\+33|0033|33|0)[67]\d{8}")
_NUMBER = re.compile(r"\+?\d{9,15}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}", re.IGNORECASE)  # of Twilio: its numbers are not visible here
_GENERIC = {"alert", "alerte", "client", "contact", "info", "information", "infos", "mairie", "message", "notification"} | {
    "prefecture", "rappel", "rdv", "service", "sms", "urgence", "urgent", "ville"
}  # fmt: skip


def senders(settings: Settings) -> Iterator[Finding]:
    """Yields findings for the configured senders."""
    for name in ("twilio_from", "vonage_from", "sms_generic_sender"):
        sender = getattr(settings, name)
        reason = sender and objection(sender)
        if reason:
            variable, why = f"GUICHET_{name.upper()}", sentence(f"sender_{reason}")
            yield warning("sms sender", "sender_blocked", variable=variable, sender=sender, why=why)


def objection(sender: str) -> str:
    """Returns the rule that ``sender`` breaks (``mobile``, ``digits``, ``form``, ``generic``), or an empty string."""
    sender = sender.replace(" ", "") if sender.replace(" ", "").lstrip("+").isdigit() else sender
    if _SERVICE.fullmatch(sender) or _SHORT_NUMBER.fullmatch(sender):
        return ""
    if _MOBILE.fullmatch(sender):
        return "mobile"
    if sender.lstrip("+").isdigit():
        return "" if _NUMBER.fullmatch(sender) else "digits"
    if not _NAME.fullmatch(sender):
        return "form"
    return "generic" if sender.lower() in _GENERIC else ""
