"""The settings that administrators change at the desk, their check, and the file in which every process of a node finds them.

The record decides what was changed (``core.desk_settings``); each node's publisher keeps the file equal to it. No secret, no
address of a process and nothing that only a start can apply is among them.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import structlog
from pydantic import Field, ValidationInfo, field_validator

from core.bad_setting import BadSetting, sentence
from core.settings.answers import AnswerSettings
from core.settings.channels import ChannelSettings
from core.settings.desks import DeskSettings
from core.settings.service import ServiceSettings

log = structlog.get_logger(__name__)

FILE = "desk_settings.json"
MOST_RETENTION_DAYS = 365
# The groups of the page, with the settings of each.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "identity": (
        *("service_name", "organisation", "contact_phone", "contact_email", "contact_url", "contact_address"),
        *("contact_access", "appointment_url", "opinion_url", "relay_url", "relay_means", "relay_hours"),
    ),
    "legal": ("legal_address", "publication_director", "hosting_provider", "data_protection_contact"),
    "hours": ("opening_hours", "desk_staffed", "desk_hours"),
    "languages": ("default_language", "widget_languages"),
    "retention": ("retention_days",),
    "look": ("widget_colour", "widget_logo_url"),
    "sites": ("widget_sites",),
}
CHANGEABLE = tuple(name for names in GROUPS.values() for name in names)


class _Changeable(AnswerSettings, ChannelSettings, DeskSettings, ServiceSettings, hide_input_in_errors=True):
    """The fields and the checks of ``Settings``. Only the environment may keep citizens' messages for longer than a year."""

    service_name: str = Field("-", min_length=1)
    organisation: str = Field("-", min_length=1)
    retention_days: int = Field(1, ge=1, le=MOST_RETENTION_DAYS)

    @field_validator(*CHANGEABLE, mode="before")
    @classmethod
    def _fits_in_env_file(cls, value: str) -> str:
        if "${" in value or "\\" in value:
            raise BadSetting(*sentence("not_in_env_file"))
        return value

    @field_validator("widget_sites")
    @classmethod
    def _named_in_production(cls, value: str, about: ValidationInfo) -> str:
        if (about.context or {}).get("production") and "*" in value:
            raise BadSetting(*sentence("sites_in_production"))
        return value


def checked(name: str, text: str, *, zone: str, country: str, production: bool) -> Any:
    """Returns the value of the setting ``name`` from its ``text``, as in ``.env``. Raises ``ValidationError``.

    ``zone`` and ``country``: those in which opening hours are read. ``production``: the start refuses what would open the
    service to every website, so the desk does too.
    """
    given = {name: text, "desk_timezone": zone, "desk_country": country}
    return getattr(_Changeable.model_validate(given, context={"production": production}), name)


def as_text(value: object) -> str:
    """Returns a setting's value as it stands in ``.env``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(home: Path) -> dict[str, str]:
    """Returns what the file in the state folder ``home`` has; nothing if there is none, or if somebody has damaged it."""
    try:
        found = orjson.loads((home / FILE).read_bytes())
        return {name: str(value) for name, value in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        log.warning("desk_settings_unreadable", error=type(error).__name__)
        return {}


def write(home: Path, changes: Mapping[str, str]) -> bool:
    """Makes the file hold ``changes``, in one step. Returns false if it did already."""
    if read(home) == dict(changes):
        return False
    file = home / FILE
    aside = file.with_name(f".{FILE}.{os.getpid()}")
    aside.write_bytes(orjson.dumps(changes, option=orjson.OPT_SORT_KEYS))
    aside.replace(file)
    return True
