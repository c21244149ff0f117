"""The refusals of an import, in one sentence of French and one of English, each with advice."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from core.sentences import Sentences

sentence = Sentences(Path(__file__).with_name("sentences.yml"))

# All exceptions of Python's zip reader for a damaged file.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # encrypted; NotImplementedError: an unknown compression
    ValueError,  # a name that is not UTF-8, an offset before the beginning
    OverflowError,
)


class Reason(str):
    """The reason to leave out a line, a page or an entry: a French text, with the English one as ``en``."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, fr: str, en: str) -> Self:
        made = super().__new__(cls, fr)
        made.en = en
        return made

    def of_line(self, number: int) -> Reason:
        """Returns the same reason, for a line of the file."""
        return Reason(f"ligne {number} : {self}", f"line {number}: {self.en}")

    def of(self, name: str) -> Reason:
        """Returns the same reason, for a page or a file."""
        return Reason(f"{name} : {self}", f"{name}: {self.en}")


def all_of(reasons: Iterable[Reason]) -> Reason:
    """Returns all reasons in one line."""
    found = list(reasons)
    return Reason(" ; ".join(found), "; ".join(one.en for one in found))


class WithReason(Exception):
    """An error whose ``why`` is the reason; ``str()`` is its French text."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why


class _BilingualError(Exception):
    """``str()`` is the French sentence; ``fr`` and ``en`` are both."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en


class ImportRefused(_BilingualError):
    """An import that was not carried out. Nothing has changed."""


class InvalidSource(ImportRefused):
    """The file is truncated, damaged, or of another format."""


def not_imported(path: Path, why: Reason) -> InvalidSource:
    """Returns the error for the file at ``path``, which is not imported."""
    return InvalidSource(*sentence("cannot_be_imported", why=why, file=path.name))


class TooManyWithdrawals(ImportRefused):
    """The import would withdraw more than half of the collection's published entries."""


class FetchFailed(_BilingualError):
    """Pages could not be fetched. Nothing has changed, and no partial file is left."""
