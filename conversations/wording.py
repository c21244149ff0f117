"""The texts of the gateway and the worker: the same ``responses`` of ``domain.yml`` that Rasa uses.

Every response has one variation for each pair (channel, language). A missing or duplicate one is an error at start-up, so that
no citizen sees a wrong text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import yaml_text
from core.channels import CHANNELS
from core.languages import LANGUAGES
from core.settings import Settings

FRAMES = ("es", "ar", "pt", "tr", "uk")  # languages with some of the texts; the others are given in French
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

# common placeholder → setting
_COMMON = {
    "service": "service_name",
    "organisation": "organisation",
    "contact": "contact",
    "days": "retention_days",
    "max": "message_max_chars",
    "url": "base_url",
    "phone": "contact_phone",
    "hours": "opening_hours",
    "relay": "relay_with_address",
    "relay_brief": "relay_brief",
}


class WordingError(ValueError):
    """``domain.yml`` lacks a text, or has two for one pair. The message names it."""


class _Common(Mapping[str, object]):
    """The common placeholders, as the settings are at the moment at which they are read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getitem__(self, name: str) -> object:
        return getattr(self._settings, _COMMON[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMON)

    def __len__(self) -> int:
        return len(_COMMON)


class Wording:
    """Texts by (name, channel, language)."""

    def __init__(self, texts: Mapping[tuple[str, str, str], str], values: Mapping[str, object] | None = None) -> None:
        self._texts = dict(texts)
        self._values = values or {}

    @classmethod
    def load(cls, path: Path) -> Wording:
        """Reads the ``responses`` of the domain at ``path``. Raises ``WordingError``."""
        try:
            return cls(_texts(path.read_bytes()))
        except WordingError as error:
            raise WordingError(f"{path.name}: {error}") from None

    def filled_from(self, settings: Settings) -> Wording:
        """Returns the same texts, with the common placeholders filled: ``contact days max organisation service url``; and the
        values of ``common`` for what is said beside a telephone number: ``phone hours relay relay_brief``.
        """
        return Wording(self._texts, _Common(settings))

    def text(self, name: str, /, *, channel: str = "web", language: str = "fr", **values: object) -> str:
        """Returns the text ``name`` with ``{placeholders}`` filled. Raises ``WordingError`` for an unknown name or a missing
        value.
        """
        if language in FRAMES and (name, channel, language) not in self._texts:
            language = LANGUAGES[0]
        try:
            template = self._texts[name, channel, language]
        except KeyError:
            raise WordingError(f"domain.yml has no response {name} for {channel}, {language}") from None

        def fill(match: re.Match[str]) -> str:
            try:
                return str(values[match[1]] if match[1] in values else self._values[match[1]])
            except KeyError:
                raise WordingError(f"{name} wants a value for {match.group()}") from None

        return _PLACEHOLDER.sub(fill, template)

    def common(self, name: str) -> str:
        """Returns the value of a common placeholder; empty if none was filled."""
        return str(self._values.get(name, ""))

    def say(self, name: str, language: str, values: Mapping[str, Any], /) -> str:
        """Returns ``text`` with the signature that ``core.problems`` needs."""
        return self.text(name, language=language, **values)

    def group(self, prefix: str, *, channel: str = "web", language: str = "fr") -> dict[str, str]:
        """Returns all texts whose name begins with ``prefix``, unfilled: name → text, in French where there is no other."""
        return {
            name: self._texts.get((name, of_channel, language), text)
            for (name, of_channel, of_language), text in sorted(self._texts.items())
            if name.startswith(prefix) and (of_channel, of_language) == (channel, LANGUAGES[0])
        }

    def variations(self, *names: str) -> frozenset[str]:
        """Returns the texts of these names in every channel and language, unfilled. Raises ``WordingError`` if
        there is none.
        """
        texts_by_name = {name: {text for (of, _, _), text in self._texts.items() if of == name} for name in names}
        if missing := [name for name, texts in texts_by_name.items() if not texts]:
            raise WordingError(f"domain.yml has no response {', '.join(missing)}")
        return frozenset().union(*texts_by_name.values())

    def require(self, names: Iterable[str]) -> None:
        """Raises ``WordingError`` naming every missing text."""
        missing = [
            f"{name} ({channel}, {language})"
            for name in sorted(names)
            for channel in CHANNELS
            for language in LANGUAGES
            if not self._texts.get((name, channel, language))
        ]
        if missing:
            raise WordingError("domain.yml lacks: " + ", ".join(missing))


@lru_cache(maxsize=1)
def _texts(domain: bytes) -> Mapping[tuple[str, str, str], str]:
    """Returns the texts of the domain. Cached: tests make hundreds of gateways and workers in one process."""
    texts: dict[tuple[str, str, str], str] = {}
    for name, variations in (yaml_text.load(domain).get("responses") or {}).items():
        for variation in variations:
            for key in _pairs(name, variation):
                if key in texts:
                    raise WordingError(f"{name} has two texts for {key[1]}, {key[2]}")
                texts[key] = str(variation.get("text", "")).strip()
    return texts


def _pairs(name: str, variation: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Returns the pairs that a variation covers: all channels or languages if it names none."""
    channels = [variation["channel"]] if variation.get("channel") else list(CHANNELS)
    languages = [
        condition["value"]
        for condition in variation.get("condition") or []
        if condition.get("type") == "slot" and condition.get("name") == "language"
    ] or list(LANGUAGES)
    return [(name, channel, language) for channel in channels for language in languages]
