"""The ``.env`` of an installation: created once, with random secrets, readable by its owner only."""

import os
import secrets
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from cli.demonstration import IDENTITY
from cli.language import Refusal, sentence
from core.backup.archive import new_identity
from core.settings import AGE, GENERATED, Settings

_HEADER = """\
# Settings of this installation of Guichet. Every setting is described in .env.example.
# Whoever reads this file can sign in the service's name: keep it to its owner (chmod 600), and out of git.
"""


def secret_names() -> list[str]:
    """Returns the names (in the environment) of the secrets that every installation must have."""
    return [
        f"GUICHET_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.annotation is SecretStr and field.is_required()
    ]


def generated_names() -> list[str]:
    """Returns these names, and those of optional secrets that are created as well."""
    marked = [
        f"GUICHET_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.json_schema_extra in (GENERATED, AGE)
    ]
    return [*secret_names(), *marked]


def ensure(path: Path) -> bool:
    """Adds a random value to ``path`` for each missing secret; existing secrets are kept. Returns whether anything was written.

    A name without a value is missing; the last line with a name counts. A new file also has the demonstration's town.
    """
    present = path.read_text() if path.exists() else ""
    given = {name for name, value in dotenv_values(stream=StringIO(present), interpolate=False).items() if value}
    given |= {name for name, value in os.environ.items() if value}
    # Backups that others open need no key here.
    needless = {"GUICHET_BACKUP_KEY"} if "GUICHET_BACKUP_RECIPIENTS" in given else set()
    missing = [name for name in generated_names() if name not in given | needless]
    if path.exists():
        path.chmod(0o600)
    if not missing:
        return False
    if not os.access(path.parent, os.W_OK):  # an image's folder is read-only
        raise Refusal(*sentence("secrets_missing", names=", ".join(missing)))
    lines = "".join(f"{name}={_new(name)}\n" for name in missing)
    descriptor = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        # The last line may lack a line feed.
        file.write((f"{present.rstrip()}\n" if present.strip() else f"{_HEADER}{IDENTITY}") + lines)
    path.with_suffix(".part").replace(path)
    return True


def _new(name: str) -> str:
    field = Settings.model_fields[name.removeprefix("GUICHET_").lower()]
    return new_identity() if field.json_schema_extra == AGE else secrets.token_urlsafe(32)
