"""Settings that are readable but wrong: secrets, SMS providers, opening hours, production."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from channels.sms.composition import SmsNotConfigured, sms_channels
from cli.doctor.findings import Finding, ok, problem, warning
from cli.language import Refusal
from cli.preflight import SECRET_LENGTH, check_production
from cli.secret_file import secret_names
from cli.setting_names import misspelt_settings, renamed_settings
from core.settings import ROOT, Settings

_FEW_CHARACTERS = 8  # distinct characters; 32 random characters have about 24


def secrets(settings: Settings, file: Path = ROOT / ".env") -> Iterator[Finding]:
    """Yields findings for secrets that can be guessed, are equal, or can be read by everybody on this machine."""
    values = {name: getattr(settings, name.removeprefix("GUICHET_").lower()).get_secret_value() for name in secret_names()}
    weak = [name for name, value in values.items() if len(value) < SECRET_LENGTH or len(set(value)) < _FEW_CHARACTERS]
    if weak:
        yield problem("secrets", "secrets_weak", weak=", ".join(weak))
    elif len(set(values.values())) < len(values):
        yield problem("secrets", "secrets_equal")
    else:
        yield ok("secrets", "secrets_long_and_different")
    home = settings.home
    if home.exists() and home.stat().st_mode & stat.S_IRWXO:
        yield problem("secrets", "home_readable", home=home)
    if file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield problem("secrets", "env_readable", file=file)


def unknown(file: Path = ROOT / ".env") -> Iterator[Finding]:
    """Yields findings for names without a setting: they have no effect, and nothing else reports them."""
    for name, near in misspelt_settings(file).items():
        yield warning("settings", "misspelt_setting" if near else "unknown_setting", name=name, near=near)


def former(file: Path = ROOT / ".env") -> Iterator[Finding]:
    """Yields findings for settings under a former name. They are still read for now."""
    for name, present in renamed_settings(file).items():
        yield warning("settings", "setting_renamed", name=name, present=present)


def sms(settings: Settings) -> Iterator[Finding]:
    """Checks that the chosen SMS provider has all the settings that it needs."""
    try:
        names = ", ".join(sms_channels(settings))
    except (SmsNotConfigured, OSError, ValueError) as error:
        yield problem("sms", "sms_cannot_leave", error=error)
        return
    if not names:
        yield ok("sms", "no_sms")
    elif settings.sms_provider not in ("", "simulator") and not settings.public_url:
        yield problem("sms", "provider_cannot_reach", names=names)
    else:
        yield ok("sms", "sms_by", names=names)


def hours(settings: Settings) -> Iterator[Finding]:
    """Checks that a desk with staff opens at some time."""
    opening = settings.opening.next_opening(datetime.now(UTC))
    if settings.desk_staffed and opening is None:
        yield problem("hours", "desk_never_opens")
    elif settings.desk_staffed and opening is not None:
        yield ok("hours", "desk_opens", opening=opening)
    if not settings.opening_hours or settings.contact == settings.organisation:
        yield warning("contact", "no_contact")


def relay(settings: Settings) -> Iterator[Finding]:
    """Checks that deaf and hard-of-hearing people can call the given number (French law n° 2016-1321, article 105)."""
    if not settings.contact_phone:
        return
    given = {
        "GUICHET_RELAY_URL": settings.relay_url,
        "GUICHET_RELAY_MEANS": settings.relay_means,
        "GUICHET_RELAY_HOURS": settings.relay_hours,
    }
    missing = ", ".join(name for name, value in given.items() if not value)
    if missing:
        yield warning("relay", "relay_incomplete", missing=missing)
    else:
        yield ok("relay", "relay_given")


def answers_by_mail(settings: Settings) -> Iterator[Finding]:
    """Says whether citizens may choose an answer by e-mail instead of a call."""
    if settings.opening.next_opening(datetime.now(UTC)) is None:
        return  # nobody would answer
    if settings.smtp_host:
        yield ok("mail", "answers_by_mail", host=settings.smtp_host)
    else:
        yield ok("mail", "no_answers_by_mail")


def production(settings: Settings) -> Iterator[Finding]:
    """Yields what ``up --production`` would refuse, if the settings say that this is production."""
    if not settings.production:
        return
    try:
        check_production(settings)
    except Refusal as refusal:
        yield Finding("production", "problem", (str(refusal), str(refusal)))  # already in the operator's language
    else:
        yield ok("production", "fit_for_production")
