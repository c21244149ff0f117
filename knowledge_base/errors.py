"""What an import refuses, said in one sentence of French and one of English, each with what to do."""

from __future__ import annotations


class ImportRefused(Exception):
    """An import that was not carried out: nothing has changed. ``str()`` is the French sentence; ``en`` the English one."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en


class InvalidSource(ImportRefused):
    """The file is truncated, damaged, or not what it should be."""


class TooManyWithdrawals(ImportRefused):
    """The import would withdraw more than half of what the collection publishes."""
