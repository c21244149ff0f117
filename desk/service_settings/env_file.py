"""The settings of the desk as lines of ``.env``, to keep them or to take them to another machine."""

from collections.abc import Iterator

from core.settings import Settings, at_desk
from core.settings.validators import variable_of


def env_file(settings: Settings) -> str:
    """Returns the values in use of the settings that the desk may change, but for those that have their default."""
    return "\n".join(["# Guichet: settings of the desk in use. Secrets are not among them.", *_lines(settings), ""])


def _lines(settings: Settings) -> Iterator[str]:
    for name in at_desk.CHANGEABLE:
        field, value = Settings.model_fields[name], getattr(settings, name)
        if value != field.default:
            text = at_desk.as_text(value).replace('"', '\\"')
            yield f'{variable_of(name, field)}="{text}"'
