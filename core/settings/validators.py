"""Checks of settings beyond their types: a value that would fail later, or do nothing, is refused at once.

With an address without ``https://`` every webhook's signature fails; with a number's prefix without ``+`` nobody is
answered; a website with a path embeds nothing. Each error is in French and English (``BadSetting``).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import urlsplit

import pyrage
from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic.fields import FieldInfo

from core.bad_setting import BadSetting
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
        return BadSetting(
            "GUICHET_DESK_TIMEZONE : un fuseau horaire s'écrit « Europe/Paris »",
            "GUICHET_DESK_TIMEZONE: a time zone is written 'Europe/Paris'",
        )
    if not _can_read("Mo 09:00-10:00", zone, country):
        return BadSetting(
            "GUICHET_DESK_COUNTRY : un pays s'écrit en deux lettres, « FR »",
            "GUICHET_DESK_COUNTRY: a country is two letters, 'FR'",
        )
    return BadSetting(
        "GUICHET_DESK_HOURS : des horaires s'écrivent « Mo-Fr 09:00-12:00,14:00-17:00; PH off »",
        "GUICHET_DESK_HOURS: hours are written 'Mo-Fr 09:00-12:00,14:00-17:00; PH off'",
    )


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


def _address(value: str) -> str:
    parts = urlsplit(value)
    if value and not (parts.scheme in _SCHEMES and parts.hostname and not parts.query and not parts.fragment):
        raise BadSetting(
            "une adresse commence par https:// : « https://guichet.exemple.fr »",
            "an address begins with https://: 'https://guichet.example.fr'",
        )
    return value


def _web_page(value: str) -> str:
    if value and not re.fullmatch(r"https?://\S+", value):
        raise BadSetting(
            "l'adresse d'une page commence par https:// : « https://www.exemple.fr/rendez-vous »",
            "the address of a page begins with https://: 'https://www.example.fr/appointment'",
        )
    return value


def _database_url(value: str) -> str:
    if value and not value.startswith(_DATABASES):
        raise BadSetting(
            "l'adresse de la base commence par postgresql+asyncpg:// ; vide : SQLite",
            "the record's address begins with postgresql+asyncpg://; empty: SQLite",
        )
    return value


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise BadSetting("une couleur s'écrit « #0b5c6b »", "a colour is written '#0b5c6b'")
    return value


def _list_of(one: Callable[[str], bool], fr: str, en: str) -> AfterValidator:
    def checked(value: str) -> str:
        if not all(one(part.strip()) for part in value.split(",") if part.strip()):
            raise BadSetting(fr, en)
        return value

    return AfterValidator(checked)


def _patterns(value: str) -> str:
    for number, pattern in enumerate(value.split(), 1):
        try:
            slow = too_slow(pattern)
        except ValueError:
            raise BadSetting(
                f"l'expression régulière n° {number} ne se lit pas", f"regular expression no. {number} cannot be read"
            ) from None
        if slow:
            raise BadSetting(
                f"l'expression régulière n° {number} cherche sans fin dans certains textes : pas de répétition dans une "
                "répétition, « (\\d+)+ », et des longueurs bornées, « \\d{6,10} »",
                f"regular expression no. {number} searches some texts for ages: no repetition within a repetition, '(\\d+)+', "
                "and lengths with a bound, '\\d{6,10}'",
            )
    return value


def _shared_url(value: str) -> str:
    if value and not value.startswith(("file:///", "s3://")):
        raise BadSetting("une adresse file:///dossier ou s3://seau/préfixe", "an address file:///folder or s3://bucket/prefix")
    return value


def _heads_location(value: str) -> str:
    if "://" in value and urlsplit(value).scheme not in _SCHEMES:
        raise BadSetting("le chemin d'un fichier, ou une adresse https://", "the path of a file, or an https:// address")
    return value


def _locked_url(value: str) -> str:
    if value and not re.fullmatch(r"s3://[^/]+/.+", value):
        raise BadSetting("une adresse s3://seau/préfixe", "an address s3://bucket/prefix")
    return value


def _age_key(value: SecretStr) -> SecretStr:
    key = value.get_secret_value().strip()
    if key and not _is_key(pyrage.x25519.Identity.from_str, key):
        raise BadSetting(
            "n'est pas une clé secrète age, AGE-SECRET-KEY-1… : supprimez la ligne, ./guichet up en tirera une au hasard. "
            "Une sauvegarde déjà faite ne s'ouvre qu'avec la clé d'alors",
            "is no age secret key, AGE-SECRET-KEY-1…: delete its line, and ./guichet up writes a random one. A backup that is "
            "made already opens by the key of its time only",
        )
    return value


def _age_recipients(value: str) -> str:
    for number, one in enumerate(value.replace(",", " ").split(), 1):
        if not _is_key(pyrage.x25519.Recipient.from_str, one):
            raise BadSetting(
                f"la clé n° {number} n'est pas une clé publique age, « age1… »",
                f"key no. {number} is no age public key, 'age1…'",
            )
    return value


def _is_key(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (pyrage.IdentityError, pyrage.RecipientError):
        return False
    return True


def _not_empty(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise BadSetting(
            "est vide : supprimez la ligne, ./guichet up en tirera un au hasard",
            "is empty: delete its line, and ./guichet up writes a random one",
        )
    return value


Port = Annotated[int, Field(ge=1, le=65_535)]
Address = Annotated[str, AfterValidator(_address)]
WebPage = Annotated[str, AfterValidator(_web_page)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Colour = Annotated[str, AfterValidator(_colour)]
Sites = Annotated[
    str,
    _list_of(
        lambda site: site == "*" or _is_origin(site),
        "des sites séparés par des virgules, sans chemin : « https://www.exemple.fr »",
        "websites separated by commas, without a path: 'https://www.example.fr'",
    ),
]
Hosts = Annotated[
    str,
    _list_of(
        lambda host: host == "*" or bool(_HOST.fullmatch(host)),
        "des noms d'hôtes sans port, séparés par des virgules : « guichet.exemple.fr,*.exemple.fr »",
        "host names without a port, separated by commas: 'guichet.example.fr,*.example.fr'",
    ),
]
Prefixes = Annotated[
    str,
    _list_of(
        lambda prefix: prefix == "*" or bool(_PREFIX.fullmatch(prefix.removesuffix("*"))),
        "des débuts de numéros qui commencent par +, séparés par des virgules : « +33,+262 »",
        "beginnings of numbers that begin with +, separated by commas: '+33,+262'",
    ),
]
Networks = Annotated[
    str,
    _list_of(
        _is_network,
        "des adresses ou des réseaux séparés par des virgules : « 10.0.0.7,172.16.0.0/12 »",
        "addresses or networks separated by commas: '10.0.0.7,172.16.0.0/12'",
    ),
]
Patterns = Annotated[str, AfterValidator(_patterns)]
SharedUrl = Annotated[str, AfterValidator(_shared_url)]
LockedUrl = Annotated[str, AfterValidator(_locked_url)]
HeadsLocation = Annotated[str, AfterValidator(_heads_location)]
Secret = Annotated[SecretStr, AfterValidator(_not_empty)]
AgeKey = Annotated[SecretStr, AfterValidator(_age_key)]
AgeRecipients = Annotated[str, AfterValidator(_age_recipients)]
