"""Known vulnerabilities of the locked packages, from OSV (https://osv.dev), requested by ``uv audit``.

A failed audit must not look like one without findings. So a package known to be vulnerable is requested first, in the same way
from the same server; and the answer must cover about as many packages as the lock.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.settings import ROOT
from core.yaml_text import load as load_yaml
from tools.supply import uv

ACCEPTED = Path(__file__).parent / "accepted.yml"
# jinja2 2.10 lets a template escape its sandbox (CVE-2019-10906); it is requested, never installed.
CANARY = ("jinja2", "2.10", "CVE-2019-10906")
_CANARY_PROJECT = """\
[project]
name = "canary"
version = "0"
requires-python = ">=3.12"
dependencies = ["{0}=={1}"]
"""
_CANARY_LOCK = """\
version = 1
requires-python = ">=3.12"

[[package]]
name = "canary"
version = "0"
source = {{ virtual = "." }}
dependencies = [{{ name = "{0}" }}]

[package.metadata]
requires-dist = [{{ name = "{0}", specifier = "=={1}" }}]

[[package]]
name = "{0}"
version = "{1}"
source = {{ registry = "https://pypi.org/simple" }}
sdist = {{ url = "https://files.pythonhosted.org/{0}-{1}.tar.gz", hash = "sha256:{2}", size = 1 }}
"""


class CouldNotLook(Exception):
    """The audit has no answer; its message says why. Nothing is known about any package then."""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One known vulnerability of one pinned package. ``ids``: all its names; ``fixed``: versions without it."""

    package: str
    version: str
    ids: frozenset[str]
    summary: str
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Vulnerabilities of one pinned version that cannot be reached here, with the reason ``why``; to be reviewed by
    ``until``.
    """

    package: str
    version: str
    ids: frozenset[str]
    why: str
    until: date

    def covers(self, found: Vulnerability, today: date) -> bool:
        same = (found.package, found.version) == (self.package, self.version)
        return same and bool(found.ids & self.ids) and today <= self.until


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of an audit. ``open`` are those that nobody has reviewed, or whose review is too old."""

    packages: int
    open: tuple[Vulnerability, ...]
    accepted: tuple[Vulnerability, ...]


def audit(service_url: str = "", today: date | None = None) -> Verdict:
    """Looks up every pinned package. ``service_url``: another server with OSV's API. Raises ``CouldNotLook``."""
    _look_for_canary(service_url)
    locked = tomllib.loads((ROOT / "uv.lock").read_text())
    wanted = {(package["name"], package["version"]) for package in locked["package"] if "registry" in package["source"]}
    seen, found = _ask(ROOT, service_url)
    if seen < len(wanted):
        raise CouldNotLook(f"{seen} of {len(wanted)} packages were looked at")
    return judge(seen, found, accepted(), today or date.today())


def judge(packages: int, found: Iterable[Vulnerability], known: Iterable[Accepted], today: date) -> Verdict:
    """Returns the verdict on ``found``: a review that it is not reachable counts until its date."""
    known, found = list(known), list(found)
    covered = [one for one in found if any(item.covers(one, today) for item in known)]
    return Verdict(packages, tuple(one for one in found if one not in covered), tuple(covered))


def accepted(path: Path = ACCEPTED) -> list[Accepted]:
    """Returns the known vulnerabilities that cannot be reached."""
    listed = load_yaml(path.read_text(encoding="utf-8"))
    return [
        Accepted(item["package"], item["version"], frozenset(item["ids"]), " ".join(item["why"].split()), item["until"])
        for item in listed["accepted"]
    ]


def _look_for_canary(service_url: str) -> None:
    name, version, known = CANARY
    with tempfile.TemporaryDirectory(prefix="guichet-canary-") as folder:
        (Path(folder) / "pyproject.toml").write_text(_CANARY_PROJECT.format(name, version))
        (Path(folder) / "uv.lock").write_text(_CANARY_LOCK.format(name, version, "0" * 64))
        _, found = _ask(Path(folder), service_url)
    if not any(known in one.ids for one in found):
        raise CouldNotLook(f"{name} {version}, known to be vulnerable ({known}), was called harmless")


def _ask(folder: Path, service_url: str) -> tuple[int, list[Vulnerability]]:
    where = ["--service-url", service_url] if service_url else []
    done = uv.run(["audit", "--frozen", "--output-format", "json", *where], folder)
    try:
        answer = json.loads(done.stdout)
        found = [
            Vulnerability(
                package=item["dependency"]["name"],
                version=item["dependency"]["version"],
                ids=frozenset([item["id"], *item["aliases"]]),
                summary=item["summary"] or "",
                fixed=tuple(item["fix_versions"]),
            )
            for item in answer["vulnerabilities"]
        ]
        return int(answer["summary"]["audited_packages"]), found
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        said = done.stderr.strip().splitlines()
        raise CouldNotLook(said[-1].strip() if said else f"uv audit gave no answer (exit code {done.returncode})") from error
