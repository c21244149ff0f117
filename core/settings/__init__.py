"""All settings, read once at a process's entry point and passed down.

Each comes from the environment or from ``.env`` (the environment wins). A secret has no default: ``./guichet up`` writes
random ones into ``.env``. ``.env.example`` is generated from these fields; a test checks that they agree. Those in
``core.settings.at_desk`` may be changed at the desk while the service runs: their values here change then.
"""

import threading
from collections.abc import Callable
from typing import Any, Self

import structlog
from pydantic import PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import at_desk
from core.settings.answers import AnswerSettings
from core.settings.channels import ChannelSettings
from core.settings.derived import DerivedSettings
from core.settings.desks import DeskSettings
from core.settings.record import AGE, GENERATED, ROOT, RecordSettings
from core.settings.service import ServiceSettings
from core.settings.validators import variable_of

__all__ = ["AGE", "GENERATED", "ROOT", "PerEdition", "Settings"]

log = structlog.get_logger(__name__)
_FOLLOWING = threading.Lock()  # a request that stores a change and the thread that follows may come at once


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

    _desk: dict[str, str] = PrivateAttr(default_factory=dict)  # what the desk has changed, as text
    _environment: dict[str, Any] = PrivateAttr(default_factory=dict)  # the values that it replaced
    _edition: int = PrivateAttr(0)

    @model_validator(mode="after")
    def _as_at_the_desk(self) -> Self:
        self.follow_desk()
        return self

    @property
    def edition(self) -> int:
        """Returns a number that grows whenever the desk has changed a setting."""
        return self._edition

    def follow_desk(self) -> bool:
        """Takes over what was changed at the desk since the last call; cheap. Returns whether anything was.

        A value that is refused (by the checks of a newer version) counts as unchanged, so that the service starts all the same.
        """
        with _FOLLOWING:
            desk = at_desk.read(self.home)
            if desk == self._desk:
                return False
            taken: dict[str, Any] = {}
            for name in at_desk.CHANGEABLE:
                if name in desk:
                    try:
                        taken[name] = self.checked_for_desk(name, desk[name])
                    except ValidationError:
                        log.warning("desk_setting_refused", setting=name)
            environment = {name: self.in_environment(name) for name in taken}
            # The model is frozen for the code that reads it; this is the one place at which its values change.
            self.__dict__.update({**self._environment, **taken})
            self._desk, self._environment = desk, environment
            self._edition += 1
            return True

    def checked_for_desk(self, name: str, text: str) -> Any:
        """Returns the value that the desk's ``text`` gives the setting ``name``. Raises ``ValidationError``."""
        return at_desk.checked(name, text, zone=self.desk_timezone, country=self.desk_country, production=self.production)

    def in_environment(self, name: str) -> Any:
        """Returns the value of the setting ``name`` that the environment gives, whatever the desk says."""
        return self._environment.get(name, getattr(self, name))

    def as_environment(self) -> dict[str, str]:
        """Returns all settings as environment variables, without what the desk has changed. A process started with them reads
        exactly these settings.
        """
        found = {}
        for name, field in type(self).model_fields.items():
            value = self.in_environment(name)
            found[variable_of(name, field)] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        return found


class PerEdition[T]:
    """A value that ``make`` derives from ``settings``, made again once the desk has changed one."""

    def __init__(self, settings: Settings, make: Callable[[], T]) -> None:
        self._settings, self._make = settings, make
        self._made = settings.edition, make()

    def __call__(self) -> T:
        edition = self._settings.edition
        if self._made[0] != edition:
            self._made = edition, self._make()
        return self._made[1]
