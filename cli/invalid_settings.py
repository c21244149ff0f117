"""Messages for unreadable settings. A module of its own, because every command imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.bad_setting import BadSetting

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Messages that pydantic has in English only, by its error type; the braces are filled with its details.
_WORDS = {
    "missing": ("n'est pas réglé", "is not set"),
    "int_parsing": ("un nombre entier est attendu", "a whole number is wanted"),
    "float_parsing": ("un nombre est attendu, avec un point : 0.05", "a number is wanted, with a point: 0.05"),
    "bool_parsing": ("true ou false est attendu", "true or false is wanted"),
    "greater_than": ("doit être plus grand que {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("doit être au moins {ge}", "must be at least {ge}"),
    "less_than_equal": ("doit être au plus {le}", "must be at most {le}"),
    "string_pattern_mismatch": ("n'a pas la forme que décrit .env.example", "has not the form that .env.example describes"),
}


def faults_of(error: ValidationError) -> tuple[str, str]:
    """Returns the settings that ``error`` is about, each with its fault, in French and English, without the values."""
    faults = [_fault(detail) for detail in error.errors()]
    return ", ".join(fr for fr, _ in faults), ", ".join(en for _, en in faults)


def _fault(detail: ErrorDetails) -> tuple[str, str]:
    fr, en = _reason(detail)
    if not detail["loc"]:
        return fr, en
    name = str(detail["loc"][0])
    variable = name if name.isupper() else f"GUICHET_{name.upper()}"  # in capitals: the name under which it was found
    return f"{variable} ({fr})", f"{variable} ({en})"


def _reason(detail: ErrorDetails) -> tuple[str, str]:
    about = detail.get("ctx", {})
    reason = about.get("error")
    if isinstance(reason, BadSetting):
        return reason.fr, reason.en
    if detail["type"] == "literal_error":
        expected: str = about["expected"]
        fr, en = expected.replace(" or ", " ou ").replace("''", "vide"), expected.replace("''", "empty")
        return f"au choix : {fr}", f"one of: {en}"
    fr, en = _WORDS.get(detail["type"], (detail["msg"], detail["msg"]))
    return fr.format(**about), en.format(**about)
