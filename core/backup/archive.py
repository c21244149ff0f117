"""The file of a backup: a compressed tar with a manifest of digests, in the age format (https://age-encryption.org).

Anyone with the key can open it without this program: ``age -d -i KEY FILE | tar xz``.
"""

import errno
import os
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

import pyrage
from pydantic import BaseModel, ConfigDict, ValidationError

from core.digests import sha256_of
from core.full_disk import is_full, system_error

FORMAT = 1
_MANIFEST = "manifest.json"


class BackupUnusable(Exception):
    """The file is not a backup of ours, is damaged, or has another key. The message says which."""


class Contents(BaseModel):
    """The manifest. ``revision`` is the record's schema; ``tables`` counts rows; ``digests`` file → SHA-256."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    created: datetime
    revision: str
    tables: dict[str, int]
    digests: dict[str, str]


def pack(
    folder: Path, file: Path, *, created: datetime, revision: str, tables: dict[str, int], recipients: list[str]
) -> Contents:
    """Creates ``file`` from everything in ``folder``. It appears under its name only when it is complete.

    The folder of ``file`` must exist: if another machine's disk is not mounted, a new folder would be on this machine.
    Raises ``ValueError`` for a bad key, and ``OSError``.
    """
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise ValueError(f"not an age recipient: {error}") from error
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = Contents(
        created=created,
        revision=revision,
        tables=tables,
        digests={str(path.relative_to(folder)): sha256_of(path) for path in paths},
    )
    (folder / _MANIFEST).write_text(contents.model_dump_json(indent=1))
    plain = folder.with_name(f"{folder.name}.tar.gz")
    part = file.with_name(f".{file.name}.part")
    try:
        with tarfile.open(plain, "w:gz", compresslevel=1) as tar:
            tar.add(folder, arcname=".")
        _encrypt(plain, part, keys)
        part.chmod(0o600)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        plain.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return contents


def unpack(file: Path, folder: Path, *, identity: str) -> Contents:
    """Extracts ``file`` into the empty ``folder``, and checks every file against its digest.

    Raises ``BackupUnusable``, and ``OSError`` if the disk is full.
    """
    with tempfile.NamedTemporaryFile(dir=folder.parent, suffix=".tar.gz") as plain:
        try:
            pyrage.decrypt_file(str(file), plain.name, [pyrage.x25519.Identity.from_str(identity)])
            with tarfile.open(plain.name, "r:gz") as tar:
                tar.extractall(folder, filter="data")
            contents = Contents.model_validate_json((folder / _MANIFEST).read_text())
        except pyrage.IdentityError as error:
            raise BackupUnusable("the key is not an age secret key") from error
        except (pyrage.DecryptError, OSError, EOFError, tarfile.TarError, ValidationError) as error:
            if is_full(system_error(error) or error):  # the disk is full; the file is not to blame
                raise OSError(errno.ENOSPC, str(error)) from error
            raise BackupUnusable(f"it cannot be opened with this key, or is damaged ({type(error).__name__})") from error
    if contents.format != FORMAT:
        raise BackupUnusable(f"it has format {contents.format}, this version reads {FORMAT}")
    for name, digest in contents.digests.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != digest:
            raise BackupUnusable(f"{name} is missing or damaged")
    return contents


def _encrypt(plain: Path, part: Path, keys: list[pyrage.x25519.Recipient]) -> None:
    try:
        pyrage.encrypt_file(str(plain), str(part), keys)
    except pyrage.EncryptError as error:
        raise system_error(error) or error from error


def public_key_of(identity: str) -> str:
    """Returns the recipient (``age1…``) that belongs to a secret key. Raises ``ValueError``."""
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError as error:
        raise ValueError("not an age secret key") from error


def new_identity() -> str:
    """Returns a new secret key (``AGE-SECRET-KEY-1…``)."""
    return str(pyrage.x25519.Identity.generate())
