"""What a check found: a sentence, how bad it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cli.language import pick

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` names what was looked at. A ``warning`` will become a problem; a ``problem`` is felt by citizens or staff now.

    ``said`` and ``mend`` (what to do, empty where there is nothing to do) are in French and English.
    """

    check: str
    level: Level
    said: tuple[str, str]
    mend: tuple[str, str] = ("", "")

    def for_programs(self) -> dict[str, str]:
        """Returns the finding with its words in the operator's language."""
        return {"check": self.check, "level": self.level, "said": pick(*self.said), "mend": pick(*self.mend)}


def ok(check: str, fr: str, en: str) -> Finding:
    """Returns all is well there."""
    return Finding(check, "ok", (fr, en))
