"""What an import refuses, said in one sentence of French and one of English, each with what to do."""

from __future__ import annotations


class _Said(Exception):
    """``str()`` is the French sentence; ``fr`` and ``en`` are both."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en


class ImportRefused(_Said):
    """An import that was not carried out: nothing has changed."""


class InvalidSource(ImportRefused):
    """The file is truncated, damaged, or not what it should be."""


class TooManyWithdrawals(ImportRefused):
    """The import would withdraw more than half of what the collection publishes."""


class FetchFailed(_Said):
    """Pages could not be fetched: nothing has changed, and no half of a file was left."""
