"""A setting that says nothing usable, told to whoever wrote it."""

from __future__ import annotations


class BadSetting(ValueError):
    """``fr`` and ``en`` say what to write instead, and repeat no value: it may be a secret."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(f"{fr} / {en}")
        self.fr, self.en = fr, en
