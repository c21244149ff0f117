"""The finding of a check: a sentence, its severity, and advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cli.language import pick

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the check ``check``. A ``warning`` will become a problem; a ``problem`` affects citizens or staff now.

    ``message`` and ``advice`` (empty if there is nothing to do) are in French and English.
    """

    check: str
    level: Level
    message: tuple[str, str]
    advice: tuple[str, str] = ("", "")

    def for_programs(self) -> dict[str, str]:
        """Returns the finding with its words in the operator's language."""
        return {"check": self.check, "level": self.level, "said": pick(*self.message), "mend": pick(*self.advice)}


def ok(check: str, fr: str, en: str) -> Finding:
    """Returns the finding that nothing is wrong."""
    return Finding(check, "ok", (fr, en))


def warning(check: str, fr: str, en: str, advice_fr: str = "", advice_en: str = "") -> Finding:
    """Returns the finding of something that will become a problem."""
    return Finding(check, "warning", (fr, en), (advice_fr, advice_en))


def problem(check: str, fr: str, en: str, advice_fr: str = "", advice_en: str = "") -> Finding:
    """Returns the finding of something that affects citizens or staff now."""
    return Finding(check, "problem", (fr, en), (advice_fr, advice_en))
