"""All settings, read once at a process's entry point and passed down.

Each comes from the environment or from ``.env`` (the environment wins). A secret has no default: ``./guichet up`` writes
random ones into ``.env``. ``.env.example`` is generated from these fields; a test checks that they agree.
"""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings.answers import AnswerSettings
from core.settings.channels import ChannelSettings
from core.settings.derived import DerivedSettings
from core.settings.desks import DeskSettings
from core.settings.record import AGE, GENERATED, ROOT, RecordSettings
from core.settings.service import ServiceSettings
from core.settings.validators import variable_of

__all__ = ["AGE", "GENERATED", "ROOT", "Settings"]


class Settings(
    # The last base comes first in .env.example: pydantic lists its fields before those of the others.
    DerivedSettings,
    ChannelSettings,
    DeskSettings,
    AnswerSettings,
    RecordSettings,
    ServiceSettings,
    BaseSettings,
    hide_input_in_errors=True,
):
    """Settings of one installation. Names in the environment are ``GUICHET_`` + the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="GUICHET_", env_file=ROOT / ".env", extra="ignore", frozen=True, populate_by_name=True
    )

    def as_environment(self) -> dict[str, str]:
        """Returns all settings as environment variables. A process started with them reads exactly these settings."""
        found = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            found[variable_of(name, field)] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        return found
