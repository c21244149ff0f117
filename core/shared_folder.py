"""A shared folder, opened by fsspec: on a mounted file system, or on S3-compatible storage."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from core import full_disk

_ATOMIC_SCHEMES = ("s3", "s3a", "gs", "gcs", "abfs", "az")  # no folders there; a new object is seen complete or not at all
_LOCAL = ("", "file", "local")
# A storage that does not answer delays a publication: about 25 s per request, instead of minutes with the libraries' defaults.
_PATIENCE = {"connect_timeout": 3, "read_timeout": 8, "retries": {"max_attempts": 0}}
_ATTEMPTS = 3


class SharedUnreachable(Exception):
    """The place does not answer, refuses, or is full; or the local disk is full. The message says which."""


class SharedFolder:
    """The folder at ``url`` in fsspec's format. Blocking. Paths are relative to it. All methods raise ``SharedUnreachable``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._scheme = urlsplit(url).scheme
        self._opened: tuple[Any, str] | None = None

    def exists(self, path: str) -> bool:
        with self._open_folder() as (files, root):
            return bool(files.exists(f"{root}/{path}"))

    def names(self) -> list[str]:
        """Returns the names of its files and folders, in order; empty if nothing was ever written."""
        with self._open_folder() as (files, root):
            try:
                return sorted(PurePosixPath(path).name for path in files.ls(root, detail=False))
            except FileNotFoundError:
                return []

    def read(self, path: str) -> bytes:
        """Returns the content of the file at ``path``. Raises ``FileNotFoundError``."""
        with self._open_folder() as (files, root):
            return bytes(files.cat_file(f"{root}/{path}"))

    def copy_to(self, path: str, target: Path) -> None:
        """Copies the file at ``path`` to ``target``. Raises ``FileNotFoundError``."""
        with self._open_folder(full=str(target.parent)) as (files, root):
            files.get_file(f"{root}/{path}", str(target))

    def write(self, path: str, content: bytes) -> None:
        self._write_whole(path, lambda files, there: files.pipe_file(there, content))

    def write_locked(self, path: str, content: bytes, *, until: datetime) -> None:
        """Writes a new object that nobody can delete or replace before ``until``. Only in an S3 bucket with object lock."""
        with self._open_folder(missing_ok=False) as (files, root):
            lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
            files.pipe_file(f"{root}/{path}", content, **lock)

    def copy_from(self, path: str, source: Path) -> None:
        self._write_whole(path, lambda files, there: files.put_file(str(source), there))

    def remove(self, path: str) -> None:
        """Removes a file, or a folder with its content. Does nothing if it does not exist."""
        with self._open_folder() as (files, root):
            try:
                files.rm(f"{root}/{path}", recursive=True)
            except FileNotFoundError:
                return

    def _write_whole(self, path: str, put: Callable[[Any, str], object]) -> None:
        with self._open_folder(missing_ok=False) as (files, root):
            target = f"{root}/{path}"
            if self._scheme in _ATOMIC_SCHEMES:
                put(files, target)
                return
            files.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
            temporary = f"{target}.{secrets.token_hex(4)}"
            put(files, temporary)
            files.mv(temporary, target)

    def _root(self) -> tuple[Any, str]:
        if self._opened is None:
            import fsspec  # noqa: PLC0415 - most installations share nothing

            s3 = self._scheme in ("s3", "s3a")
            options = {"config_kwargs": _PATIENCE} if s3 else {}
            files, root = fsspec.url_to_fs(self.url, use_listings_cache=False, skip_instance_cache=True, **options)
            if s3:
                files.retries = _ATTEMPTS
            self._opened = files, str(root).rstrip("/")
        if self._scheme in _LOCAL and not Path(self._opened[1]).is_dir():
            raise SharedUnreachable(f"There is no folder {self._opened[1]}: is it mounted?")  # not created: it would be local
        return self._opened

    @contextmanager
    def _open_folder(self, full: str = "", *, missing_ok: bool = True) -> Iterator[tuple[Any, str]]:
        """Yields the storage and the path, and converts errors to ``SharedUnreachable``.

        ``full``: what has no space left if the system says so; by default the place itself. ``missing_ok``: a missing file is
        an answer (``FileNotFoundError``), not a failure.
        """
        try:
            yield self._root()
        except SharedUnreachable:
            raise
        except Exception as error:  # each kind of storage has its own exceptions
            if missing_ok and isinstance(error, FileNotFoundError):
                raise
            if isinstance(error, OSError) and error.errno in full_disk.ERRORS:
                raise SharedUnreachable(f"There is no space left in {full or self.url}.") from error
            raise SharedUnreachable(f"{self.url} cannot be reached: {type(error).__name__}: {error}") from error
