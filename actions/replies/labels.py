"""Labels of choices: titles, made different where they are equal."""

from collections.abc import Sequence

from core.entry import Entry
from retrieval.terms.analysis import fold, terms

_FEW = 2  # terms
_SEVERAL = 3  # pages


def labels_for(entries: Sequence[Entry]) -> list[str]:
    """Returns the titles of ``entries``, with theme or audience added where titles are equal."""
    titles = [" ".join(entry.title.split()) for entry in entries]
    labels: list[str] = []
    for title, entry in zip(titles, entries, strict=True):
        same = [other for name, other in zip(titles, entries, strict=True) if fold(name) == fold(title)]
        apart = _apart(entry, same) if len(same) > 1 else ""
        labels.append(f"{title} ({apart})" if apart else title)
    return labels


def _apart(entry: Entry, same: Sequence[Entry]) -> str:
    """Returns what distinguishes ``entry`` from the ``same`` titles: the first theme that differs in all, or its audience."""
    for depth in range(max((len(other.theme) for other in same), default=0)):
        levels = [other.theme[depth] if depth < len(other.theme) else "" for other in same]
        if len(set(levels)) == len(levels) and depth < len(entry.theme):
            return entry.theme[depth]
    audiences = [", ".join(other.audiences) for other in same]
    return ", ".join(entry.audiences) if len(set(audiences)) > 1 else ""


def is_vague(query: str, titles: Sequence[str]) -> bool:
    """Decides whether ``query`` only names the common subject of several ``titles`` (best first), as "passeport" does."""
    wanted = set(terms(query))
    if not 0 < len(wanted) <= _FEW:
        return False
    named = [set(terms(title)) for title in titles]
    return wanted not in named and sum(wanted <= title for title in named) >= _SEVERAL
