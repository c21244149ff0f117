"""SMS according to the settings: the channels, for gateway (webhooks) and worker (sending), and the renderer."""

from collections.abc import Callable

import httpx

from channels.sms.providers.description import Description, InvalidDescription
from channels.sms.providers.generic import Generic, GenericAccount
from channels.sms.providers.ovh import Ovh, OvhAccount
from channels.sms.providers.twilio import Twilio, TwilioAccount
from channels.sms.providers.vonage import Vonage, VonageAccount
from channels.sms.rendering import SmsRenderer
from channels.sms.short_links import ShortLinks
from channels.sms.simulator.account import NAME, is_offered, simulator_account
from conversations.ports import Channel
from conversations.wording import Wording
from core.settings import ROOT, Settings
from core.web.tls_context import tls_context

_TIMEOUT = httpx.Timeout(10, connect=3)


class SmsNotConfigured(ValueError):
    """The settings name a provider and lack something that it needs. The message names the missing settings."""


def sms_channels(settings: Settings) -> dict[str, Channel]:
    """Returns channels by provider's name: the first to send through, then the second, if there is one; or none at all.

    Raises ``SmsNotConfigured``.
    """
    if is_offered(settings):
        channel = simulated_channel(settings)
        return {channel.name: channel}
    names = [name for name in (settings.sms_provider, settings.sms_second_provider) if name in _MAKERS]
    made = [_MAKERS[name](settings) for name in dict.fromkeys(names)]
    return {channel.name: channel for channel in made}


def sms_renderer(settings: Settings, wording: Wording, *, max_segments: int = 0) -> SmsRenderer:
    """Returns the SMS renderer, for at most ``max_segments`` (0: the setting for the bot's replies)."""
    return SmsRenderer(
        wording,
        max_segments=max_segments or settings.sms_max_segments,
        keep_accents=settings.sms_keep_accents,
        link=ShortLinks(settings.secret_keys, settings.base_url),
    )


def simulated_channel(settings: Settings) -> Channel:
    """Returns the channel to the simulator. Loopback: without the administration's proxy."""
    return Twilio(simulator_account(settings), _http(trust_env=False), public_url=settings.base_url, name=NAME)


def _http(*, trust_env: bool = True) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT, verify=tls_context(), trust_env=trust_env)


def _require_settings(provider: str, **wanted: str) -> None:
    missing = [f"GUICHET_{name.upper()}" for name, value in wanted.items() if not value]
    if missing:
        raise SmsNotConfigured(f"SMS by {provider} needs {', '.join(missing)} in .env")


def _twilio(settings: Settings) -> Channel:
    token = settings.twilio_auth_token.get_secret_value()
    _require_settings(
        "Twilio",
        twilio_account_sid=settings.twilio_account_sid,
        twilio_auth_token=token,
        twilio_from=settings.twilio_from,
    )
    account = TwilioAccount(
        settings.twilio_account_sid,
        token,
        settings.twilio_from,
        settings.twilio_base_url,
        settings.sms_secret_also.get_secret_value(),
    )
    return Twilio(account, _http(), public_url=settings.base_url)


def _vonage(settings: Settings) -> Channel:
    secret, signature = settings.vonage_secret.get_secret_value(), settings.vonage_signature_secret.get_secret_value()
    _require_settings(
        "Vonage",
        vonage_key=settings.vonage_key,
        vonage_secret=secret,
        vonage_signature_secret=signature,
        vonage_from=settings.vonage_from,
    )
    account = VonageAccount(
        key=settings.vonage_key,
        secret=secret,
        signature_secret=signature,
        sender=settings.vonage_from,
        algorithm=settings.vonage_signature_method,
        base_url=settings.vonage_base_url,
        also=settings.sms_secret_also.get_secret_value(),
    )
    return Vonage(account, _http(), public_url=settings.base_url)


def _ovh(settings: Settings) -> Channel:
    secret, consumer = settings.ovh_application_secret.get_secret_value(), settings.ovh_consumer_key.get_secret_value()
    _require_settings(
        "OVHcloud",
        ovh_service=settings.ovh_service,
        ovh_application_key=settings.ovh_application_key,
        ovh_application_secret=secret,
        ovh_consumer_key=consumer,
    )
    account = OvhAccount(settings.ovh_service, settings.ovh_application_key, secret, consumer, settings.ovh_base_url)
    return Ovh(account, _http())


def _generic(settings: Settings) -> Channel:
    secret = settings.sms_generic_secret.get_secret_value()
    _require_settings("generic", sms_generic_file=settings.sms_generic_file, sms_generic_secret=secret)
    try:
        description = Description.load(ROOT / settings.sms_generic_file)
    except InvalidDescription as error:
        raise SmsNotConfigured(str(error)) from error
    also = settings.sms_secret_also.get_secret_value()
    account = GenericAccount(settings.sms_generic_account, secret, settings.sms_generic_sender, also)
    return Generic(account, description, _http(), public_url=settings.base_url)


_MAKERS: dict[str, Callable[[Settings], Channel]] = {
    "twilio": _twilio,
    "vonage": _vonage,
    "ovh": _ovh,
    "generic": _generic,
}
