"""Licences of the installed packages, compared with the list of acceptable ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from core.settings import ROOT
from core.yaml_text import load as load_yaml

RULES = Path(__file__).parent / "licences.yml"
ENVIRONMENTS = {"service": ROOT / ".venv", "rasa": ROOT / ".venv-rasa"}


@dataclass(frozen=True, slots=True)
class Licensed:
    """A package in one environment. ``accepted`` is false if nobody has decided about its licence."""

    environment: str
    package: str
    version: str
    licence: str
    accepted: bool


def licences(environments: Mapping[str, Path] = ENVIRONMENTS, rules: Path = RULES) -> list[Licensed]:
    """Returns every package of the installed environments, by environment and name."""
    known = load_yaml(rules.read_text(encoding="utf-8"))
    return [
        _judged(name, distribution, known)
        for name, folder in environments.items()
        for site in sorted(folder.glob("lib/python3.*/site-packages"))
        for distribution in _by_name(distributions(path=[str(site)]))
    ]


def _by_name(found: Iterable[Distribution]) -> list[Distribution]:
    return sorted(found, key=lambda one: normal(one.metadata["Name"]))


def normal(name: str) -> str:
    """Returns a package's name as the package index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _judged(environment: str, distribution: Distribution, known: Mapping[str, Any]) -> Licensed:
    package = normal(distribution.metadata["Name"])
    said = said_by(distribution)
    reviewed = next((item for item in known["reviewed"] if re.fullmatch(item["package"], package)), None)
    if reviewed is not None:
        said = said or reviewed["licence"]
    accepted = reviewed is not None or _all_accepted(said, known["accepted"])
    return Licensed(environment, package, distribution.version, said or "?", accepted)


def said_by(distribution: Distribution) -> str:
    """Returns a package's licence: as an SPDX expression, by classifiers, or in its own words (the first line)."""
    about = distribution.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    classified = [
        name.rpartition("::")[2].strip() for name in about.get_all("Classifier") or [] if name.startswith("License ::")
    ]
    named = [name for name in classified if name != "OSI Approved"]
    return "; ".join(named) or (about.get("License") or "").strip().partition("\n")[0][:80]


def _all_accepted(said: str, accepted: Iterable[str]) -> bool:
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in accepted]
    parts = re.split(r"\bAND\b|;", said)
    return all(any(_accepted(one, patterns) for one in re.split(r"\bOR\b", part)) for part in parts)


def _accepted(licence: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    spellings = (licence.strip(), licence.strip(" ()"))  # "(MIT OR Apache-2.0)", but also "License 2.0 (MPL 2.0)"
    return any(pattern.fullmatch(spelling) for pattern in patterns for spelling in spellings)
