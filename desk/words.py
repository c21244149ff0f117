"""The texts for staff: ``words.yml`` of each part, in every language of the service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core import yaml_text
from core.languages import LANGUAGES
from core.web.typesetting import typeset

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class WordsError(ValueError):
    """A word is missing, lacks a language, or needs a value. The message names it."""


class Words:
    """Words by part and key. A part's own words come first, then the shell's (``desk``)."""

    def __init__(self, parts: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
        self._words = {
            (part, key, language): typeset(text.strip()) if language == "fr" else text.strip()
            for part, words in parts.items()
            for key, texts in words.items()
            for language, text in texts.items()
        }

    @classmethod
    def load(cls, folders: Mapping[str, Path]) -> Words:
        """Reads ``words.yml`` in the folder of each part. Raises ``WordsError``."""
        return cls({part: read(folder / "words.yml") for part, folder in folders.items()})

    def text(self, part: str, key: str, language: str, values: Mapping[str, object] | None = None) -> str:
        """Returns the word ``key`` of ``part`` with its ``{placeholders}`` filled. Raises ``WordsError``."""
        template = self._words.get((part, key, language), self._words.get(("desk", key, language)))
        if template is None:
            raise WordsError(f"the desk has no word {part}.{key} in {language}")

        def fill(match: re.Match[str]) -> str:
            try:
                return str((values or {})[match[1]])
            except KeyError:
                raise WordsError(f"{part}.{key} wants a value for {match.group()}") from None

        return _PLACEHOLDER.sub(fill, template)

    def has(self, part: str, key: str) -> bool:
        """Decides whether there is such a word."""
        return (part, key, LANGUAGES[0]) in self._words or ("desk", key, LANGUAGES[0]) in self._words


def read(path: Path) -> dict[str, dict[str, str]]:
    """Returns the words of one file: key → language → text. Raises ``WordsError`` if a language is missing or unknown."""
    words = _parsed(path.read_bytes())
    for key, texts in words.items():
        if not isinstance(texts, dict) or set(texts) != set(LANGUAGES) or not all(isinstance(t, str) for t in texts.values()):
            raise WordsError(f"{path}: {key} needs a text in {' and '.join(LANGUAGES)}")
        if len({frozenset(_PLACEHOLDER.findall(text)) for text in texts.values()}) > 1:
            raise WordsError(f"{path}: {key} names other placeholders in one language than in another")
    return words


@cache
def _parsed(content: bytes) -> dict[str, dict[str, str]]:
    """Returns the parsed file. Cached: tests make hundreds of applications in one process."""
    return yaml_text.load(content) or {}
