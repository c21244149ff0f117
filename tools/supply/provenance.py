"""The origin of each model, language package and list, and a check that the installed one is the chosen one."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, PackagePath, distributions
from pathlib import Path
from typing import Any

from core.digests import sha256_of
from core.settings import ROOT
from core.yaml_text import load as load_yaml
from knowledge_base.sources.service_public.package import PACKAGE
from tools.supply.licences import ENVIRONMENTS, normal

LISTED = Path(__file__).parent / "provenance.yml"


@dataclass(frozen=True, slots=True)
class Item:
    """One model or set of data, or a program inside a package, with its ``version``.

    ``checked``: how its origin was checked; ``files``: path → SHA-256.
    """

    name: str
    kind: str
    maker: str
    published_by: str
    checked: str
    package: str = ""
    environment: str = ""
    wheel: str = ""
    npm: bool = False
    version: str = ""
    files: Mapping[str, str] | None = None

    @property
    def origin(self) -> str:
        """Returns the name of the component, with its pinned version."""
        return PACKAGE.name if self.npm else self.package or ", ".join(self.files or {})


def items(path: Path = LISTED) -> list[Item]:
    """Returns all items."""
    return [Item(**(item | {"checked": " ".join(item["checked"].split())})) for item in load_yaml(path.read_text())["items"]]


def differences(item: Item, home: Path, environments: Mapping[str, Path] = ENVIRONMENTS) -> list[str]:
    """Returns the differences from the list; empty if there are none. A component that is not installed yet is not a
    difference.

    Blocking: it reads every file of the package, and compares it with the package's RECORD.
    """
    found = [*_pinned(item)]
    sites = list(environments.get(item.environment, ROOT).glob("lib/python3.*/site-packages"))
    for distribution in distributions(path=[str(site) for site in sites]) if sites else ():
        if normal(distribution.metadata["Name"]) == item.package:
            found += [f"{file} is not as it was installed" for file in _changed(distribution)]
    for name, expected in (item.files or {}).items():
        path = next((site / name for site in sites if (site / name).exists()), ROOT / name)
        if path.exists() and sha256_of(path) != expected:
            found.append(f"{name} has another SHA-256")
    archive = home / "packages" / PACKAGE.file_name
    if item.npm and archive.exists() and sha256_of(archive) != PACKAGE.sha256:
        found.append(f"{PACKAGE.file_name} has another SHA-256")
    return found


def _pinned(item: Item) -> Iterator[str]:
    """Yields a fault unless the lock pins the package with the listed digest."""
    if not item.package:
        return
    lock: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text())
    locked = [package for package in lock["package"] if package["name"] == item.package]
    archives = [archive for package in locked for archive in [*package.get("wheels", []), package.get("sdist", {})] if archive]
    digests = [archive.get("hash", "") for archive in archives]
    if not digests or not all(digest.startswith("sha256:") for digest in digests):
        yield f"uv.lock does not pin {item.package} by digest"
    elif item.wheel and f"sha256:{item.wheel}" not in digests:
        yield f"uv.lock pins another {item.package}"


def _changed(distribution: Distribution) -> Iterator[PackagePath]:
    for file in distribution.files or []:
        if file.hash is None or file.suffix == ".pyc":
            continue
        path = Path(str(file.locate()))
        read = sha256(path.read_bytes()).digest() if path.exists() else b""
        if file.hash.mode != "sha256" or base64.urlsafe_b64encode(read).rstrip(b"=").decode() != file.hash.value:
            yield file
