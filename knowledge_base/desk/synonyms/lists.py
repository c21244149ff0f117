"""The lists beside the desk's own: the one that comes with Guichet, and the operator's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.lexical.analysis import fold
from retrieval.lexical.synonyms import Group, SynonymsUnusable, built_in, read_groups


@dataclass(frozen=True, slots=True)
class OperatorsFile:
    """The file as it is now. ``fault`` says why it cannot be read."""

    name: str
    groups: tuple[Group, ...] = ()
    fault: str = ""


class OtherLists:
    """Read when a page is shown: the file may change at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def built_in(self) -> tuple[Group, ...]:
        """Guichet's own groups."""
        return built_in().groups

    def file(self) -> OperatorsFile:
        """Returns the operator's groups, on this machine."""
        if not self._file.exists():
            return OperatorsFile(self._file.name)
        try:
            return OperatorsFile(self._file.name, tuple(read_groups(self._file)))
        except SynonymsUnusable as error:
            return OperatorsFile(self._file.name, fault=str(error))


def says(group: Group, text: str) -> bool:
    """Decides whether somebody who looks for ``text`` means this group: part of a wording, however it is written."""
    wanted = " ".join(fold(text).replace("-", " ").split())
    return any(wanted in fold(one).replace("-", " ") for one in (*group.terms, *group.means, group.note))
