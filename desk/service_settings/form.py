"""The form of the settings: its fields, what was typed into them, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args, get_origin

from pydantic import ValidationError
from starlette.datastructures import FormData

from core.bad_setting import reason_of
from core.database.models import DeskSetting
from core.languages import PANEL_LANGUAGES
from core.settings import Settings, at_desk

_MOST_CHARACTERS = 1000
_LISTS = ("widget_languages",)  # boxes to tick, stored with commas


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``kind``: ``text``, ``number``, ``choice`` or ``list``. ``row``: what the desk has stored, if it has.

    ``environment``: the value that counts without the desk.
    """

    name: str
    kind: str
    value: str
    environment: str
    row: DeskSetting | None
    error: str = ""
    options: tuple[str, ...] = ()

    @property
    def ticked(self) -> list[str]:
        """Returns the parts of a list."""
        return [part.strip() for part in self.value.split(",")]


def groups(
    settings: Settings, rows: Mapping[str, DeskSetting], typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, list[Field]]:
    """Returns the fields of each group, with what was ``typed`` where it could not be stored."""

    def field(name: str) -> Field:
        environment = at_desk.as_text(settings.in_environment(name))
        row = rows.get(name)
        kind, options = _kind_of(name)
        value = typed.get(name, row.value if row else environment)
        return Field(name, kind, value, environment, row, errors.get(name, ""), options)

    return {group: [field(name) for name in names] for group, names in at_desk.GROUPS.items()}


def _kind_of(name: str) -> tuple[str, tuple[str, ...]]:
    kind = Settings.model_fields[name].annotation
    if name in _LISTS:
        return "list", PANEL_LANGUAGES
    if kind is bool:
        return "choice", ("true", "false")
    if get_origin(kind) is Literal:
        return "choice", get_args(kind)
    return ("number" if kind is int else "text"), ()


def typed_in(form: FormData) -> dict[str, str]:
    """Returns the settings that ``form`` has, each on one line. A form may have some of them only."""
    return dict(_typed(form))


def _typed(form: FormData) -> Iterator[tuple[str, str]]:
    for name in at_desk.CHANGEABLE:
        values = [value for value in form.getlist(name) if isinstance(value, str)]
        if name in _LISTS and values:
            yield name, ",".join(filter(None, values))[:_MOST_CHARACTERS]
        elif values:
            yield name, " ".join(values[-1].replace("\x00", "").split())[:_MOST_CHARACTERS]


def errors_of(refused: Mapping[str, ValidationError], language: str) -> dict[str, str]:
    """Returns a sentence for each refused setting."""
    return {name: _sentence(name, error, language) for name, error in refused.items()}


def _sentence(name: str, error: ValidationError, language: str) -> str:
    reason = reason_of(error.errors()[0])[0 if language == "fr" else 1]
    text = reason.rpartition(name.upper())[2].lstrip(" :\u00a0")  # the field says which setting it is
    return f"{text[:1].upper()}{text[1:]}."
