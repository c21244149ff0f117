"""The finding of a check: a sentence of ``cli/sentences.yml``, its severity, and advice."""

from dataclasses import dataclass
from typing import Literal

from cli.language import pick, sentence

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


def finding(check: str, level: Level, name: str, /, **values: object) -> Finding:
    """Returns a finding with the sentence ``name`` and, if there is one, its advice ``name_advice``, filled with ``values``."""
    advice = f"{name}_advice"
    return Finding(check, level, sentence(name, **values), sentence(advice, **values) if advice in sentence.texts else ("", ""))


def ok(check: str, name: str, /, **values: object) -> Finding:
    """Returns the finding that nothing is wrong."""
    return finding(check, "ok", name, **values)


def warning(check: str, name: str, /, **values: object) -> Finding:
    """Returns the finding of something that will become a problem."""
    return finding(check, "warning", name, **values)


def problem(check: str, name: str, /, **values: object) -> Finding:
    """Returns the finding of something that affects citizens or staff now."""
    return finding(check, "problem", name, **values)


def with_decimal(number: float) -> tuple[str, str]:
    """Returns ``number`` with one decimal, as French and as English write it."""
    return f"{number:.1f}".replace(".", ","), f"{number:.1f}"
