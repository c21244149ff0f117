"""SMS as settings want it: the channel, for gateway (webhooks) and worker (sending) alike, and how replies read."""

from __future__ import annotations

import httpx

from channels.contracts import Channel
from channels.rendering.sms import SmsRenderer
from channels.sms.providers.twilio import Twilio, TwilioAccount
from channels.sms.short_links import ShortLinks
from channels.sms.simulator.account import NAME as SIMULATOR
from channels.sms.simulator.account import is_offered, simulator_account
from channels.wording import Wording
from core.settings import Settings

_TIMEOUT = httpx.Timeout(10, connect=3)


class SmsNotConfigured(ValueError):
    """Settings name a provider and leave out what it needs. The message names the settings."""


def sms_channels(settings: Settings) -> dict[str, Channel]:
    """Channels by provider's name: one, or none. Raises ``SmsNotConfigured``."""
    if is_offered(settings):
        http = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)  # loopback: no proxy of the administration's between us
        account = simulator_account(settings)
        return {SIMULATOR: Twilio(account, http, public_url=settings.base_url, name=SIMULATOR)}
    if settings.sms_provider == "twilio":
        return {"twilio": Twilio(_twilio_account(settings), httpx.AsyncClient(timeout=_TIMEOUT), public_url=settings.base_url)}
    return {}


def sms_renderer(settings: Settings, wording: Wording) -> SmsRenderer:
    """How replies read by SMS."""
    return SmsRenderer(
        wording,
        max_segments=settings.sms_max_segments,
        keep_accents=settings.sms_keep_accents,
        link=ShortLinks(settings.secret_key.get_secret_value(), settings.base_url),
    )


def _twilio_account(settings: Settings) -> TwilioAccount:
    wanted = {
        "GUICHET_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "GUICHET_TWILIO_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
        "GUICHET_TWILIO_FROM": settings.twilio_from,
    }
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise SmsNotConfigured(f"SMS by Twilio needs {', '.join(missing)} in .env")
    return TwilioAccount(
        sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        base_url=settings.twilio_base_url,
    )
