"""The error for an unusable setting, with texts for the operator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.sentences import Sentences

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

sentence = Sentences(Path(__file__).with_name("sentences.yml"))
# pydantic's own errors, whose messages it has in English only; the others are texts of ``BadSetting``.
_OF_PYDANTIC = (
    *("missing", "int_parsing", "float_parsing", "bool_parsing", "greater_than", "greater_than_equal", "less_than_equal"),
    *("string_pattern_mismatch", "string_too_short"),
)


class BadSetting(ValueError):
    """``fr`` and ``en`` say what to write instead. They never repeat the value: it may be a secret."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(f"{fr} / {en}")
        self.fr, self.en = fr, en


def reason_of(detail: ErrorDetails) -> tuple[str, str]:
    """Returns one fault of a ``ValidationError`` in French and English, without the value."""
    about = detail.get("ctx", {})
    reason = about.get("error")
    if isinstance(reason, BadSetting):
        return reason.fr, reason.en
    if detail["type"] == "literal_error":
        expected: str = about["expected"]
        fr, en = expected.replace(" or ", " ou ").replace("''", "vide"), expected.replace("''", "empty")
        return sentence("literal", expected=(fr, en))
    if detail["type"] in _OF_PYDANTIC:
        return sentence(detail["type"], **about)
    return detail["msg"], detail["msg"]
