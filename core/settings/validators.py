"""Checks of settings beyond their types: a value that would fail later, or do nothing, is refused at once.

With an address without ``https://`` every webhook's signature fails; with a number's prefix without ``+`` nobody is
answered; a website with a path embeds nothing. Each error is in French and English (``BadSetting``).
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import urlsplit

import pyrage
from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic.fields import FieldInfo

from core.bad_setting import BadSetting, sentence
from core.languages import PANEL_LANGUAGES
from core.opening_hours import OpeningHours
from core.privacy.finders.cases import too_slow

_SCHEMES = ("http", "https")
_DATABASES = ("postgresql+asyncpg://", "sqlite+aiosqlite://")
_HOST = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\]")
_PREFIX = re.compile(r"\+\d{0,15}")


def variable_of(name: str, field: FieldInfo) -> str:
    """Returns the environment variable of the setting ``name``."""
    return variables_of(name, field)[0]


def variables_of(name: str, field: FieldInfo) -> tuple[str, ...]:
    """Returns every environment variable from which the setting ``name`` is read: its own, then others or former ones."""
    alias = field.validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (f"GUICHET_{name.upper()}",)


def former_variables(fields: Mapping[str, FieldInfo]) -> dict[str, str]:
    """Returns the former variables of settings, which are still read, each with the present one."""
    names = (variables_of(name, field) for name, field in fields.items())
    return {former: now for now, *others in names if now.startswith("GUICHET_") for former in others}


def parse_opening_hours(hours: str, zone: str, country: str) -> OpeningHours:
    """Returns the opening hours. Raises ``BadSetting``, which names the unreadable one of the three values."""
    try:
        return OpeningHours(hours, zone=zone, country=country)
    except ValueError:
        raise _unreadable_hours(zone, country) from None


def _unreadable_hours(zone: str, country: str) -> BadSetting:
    if not _can_read("", zone, "FR"):
        return BadSetting(*sentence("time_zone"))
    return BadSetting(*sentence("desk_hours" if _can_read("Mo 09:00-10:00", zone, country) else "country"))


def _can_read(hours: str, zone: str, country: str) -> bool:
    try:
        OpeningHours(hours, zone=zone, country=country)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in _SCHEMES and bool(parts.hostname) and not (parts.path.strip("/") or parts.query or parts.fragment)


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in _SCHEMES and bool(parts.hostname) and not parts.query and not parts.fragment


def _check(is_usable: Callable[[str], object], name: str, *, optional: bool = True) -> AfterValidator:
    """Returns a validator that refuses a value, with the sentence ``name``, unless it ``is_usable`` or may be empty."""

    def checked(value: str) -> str:
        if not (optional and not value) and not is_usable(value):
            raise BadSetting(*sentence(name))
        return value

    return AfterValidator(checked)


def _check_each(is_usable: Callable[[str], object], name: str) -> AfterValidator:
    """Returns the same for a list, separated by commas."""
    return _check(lambda value: all(is_usable(part.strip()) for part in value.split(",") if part.strip()), name)


def _patterns(value: str) -> str:
    for number, pattern in enumerate(value.split(), 1):
        try:
            slow = too_slow(pattern)
        except ValueError:
            raise BadSetting(*sentence("pattern_unreadable", number=number)) from None
        if slow:
            raise BadSetting(*sentence("pattern_slow", number=number))
    return value


def _age_key(value: SecretStr) -> SecretStr:
    key = value.get_secret_value().strip()
    if key and not _is_key(pyrage.x25519.Identity.from_str, key):
        raise BadSetting(*sentence("age_key"))
    return value


def _age_recipients(value: str) -> str:
    for number, one in enumerate(value.replace(",", " ").split(), 1):
        if not _is_key(pyrage.x25519.Recipient.from_str, one):
            raise BadSetting(*sentence("age_recipient", number=number))
    return value


def _is_key(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (pyrage.IdentityError, pyrage.RecipientError):
        return False
    return True


def _not_empty(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise BadSetting(*sentence("secret_empty"))
    return value


Port = Annotated[int, Field(ge=1, le=65_535)]
Address = Annotated[str, _check(_is_address, "address")]
WebPage = Annotated[str, _check(re.compile(r"https?://\S+").fullmatch, "web_page")]
DatabaseUrl = Annotated[str, _check(lambda value: value.startswith(_DATABASES), "database_url")]
Colour = Annotated[str, _check(re.compile(r"#[0-9A-Fa-f]{6}").fullmatch, "colour", optional=False)]
PanelLanguages = Annotated[str, _check_each(lambda language: language in PANEL_LANGUAGES, "panel_languages")]
Sites = Annotated[str, _check_each(lambda site: site == "*" or _is_origin(site), "sites")]
Hosts = Annotated[str, _check_each(lambda host: host == "*" or _HOST.fullmatch(host), "hosts")]
Prefixes = Annotated[
    str, _check_each(lambda prefix: prefix == "*" or _PREFIX.fullmatch(prefix.removesuffix("*")), "number_prefixes")
]
Networks = Annotated[str, _check_each(_is_network, "networks")]
Patterns = Annotated[str, AfterValidator(_patterns)]
SharedUrl = Annotated[str, _check(lambda value: value.startswith(("file:///", "s3://")), "shared_url")]
LockedUrl = Annotated[str, _check(re.compile(r"s3://[^/]+/.+").fullmatch, "locked_url")]
HeadsLocation = Annotated[str, _check(lambda value: "://" not in value or urlsplit(value).scheme in _SCHEMES, "heads_location")]
Secret = Annotated[SecretStr, AfterValidator(_not_empty)]
AgeKey = Annotated[SecretStr, AfterValidator(_age_key)]
AgeRecipients = Annotated[str, AfterValidator(_age_recipients)]
