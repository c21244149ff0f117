"""The other lists than the desk's own: Guichet's built-in list, and the operator's file."""

from dataclasses import dataclass
from pathlib import Path

from retrieval.query.synonyms import Group, SynonymsUnusable, built_in, read_groups
from retrieval.terms.analysis import fold


@dataclass(frozen=True, slots=True)
class OperatorsFile:
    """The present content of the file. ``fault`` says why it cannot be read."""

    name: str
    groups: tuple[Group, ...] = ()
    fault: str = ""


class OtherLists:
    """The other lists. They are read when a page is shown, because the file may change at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def built_in(self) -> tuple[Group, ...]:
        """Returns Guichet's own groups."""
        return built_in().groups

    def file(self) -> OperatorsFile:
        """Returns the operator's groups, on this machine."""
        if not self._file.exists():
            return OperatorsFile(self._file.name)
        try:
            return OperatorsFile(self._file.name, tuple(read_groups(self._file)))
        except SynonymsUnusable as error:
            return OperatorsFile(self._file.name, fault=str(error))


def mentions(group: Group, text: str) -> bool:
    """Decides whether ``text`` is part of one of the group's wordings, in any spelling."""
    wanted = " ".join(fold(text).replace("-", " ").split())
    return any(wanted in fold(one).replace("-", " ") for one in (*group.terms, *group.means, group.note))
