"""Sentences for people in French and English: a file ``sentences.yml`` for each package that has many."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from core import yaml_text


class Sentences:
    """The sentences of ``file``: name → French, English. ``{placeholders}`` are those of ``str.format``."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, str]]:
        """Returns all sentences as they are written. The file is read once."""
        return {name: (fr, en) for name, (fr, en) in yaml_text.load(self._file.read_bytes()).items()}

    def __call__(self, name: str, /, **values: object) -> tuple[str, str]:
        """Returns the sentence ``name`` in French and English, filled with ``values``.

        A value may itself be in two languages: a pair, or a text or error whose ``en`` is the English.
        """
        fr, en = self.texts[name]
        english = {key: value[1] if type(value) is tuple else getattr(value, "en", value) for key, value in values.items()}
        french = {key: value[0] if type(value) is tuple else value for key, value in values.items()}
        return fr.format_map(french), en.format_map(english)
