"""Sets of pieces of one part: what they need to be understood, their exceptions, and their joined text. Pure functions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from actions.replies.pieces import Kind, Piece, joined
from core.text.markdown import plain

APART = "\n\n"
STUB_CHARS = 60  # of an exception that does not fit: enough to see whether it may concern the reader
# Notes on the rule: they are shown with the rule, and never instead of it.
_NOTE = re.compile(
    r"(?:[-*] )?(?:\*\*)?(?:à (?:noter|savoir)|attention|exemples?|par exemple|rappel|remarque|bon à savoir)\b", re.IGNORECASE
)
_WARNS = re.compile(r"(?:\*\*)?attention\b", re.IGNORECASE)
_ENDS = re.compile(r"[.!?…»)](?:\*\*)?\Z")
_OPEN_END = re.compile(r"[\s;,:]*(\*\*)?\Z")
_ALTERNATIVE = re.compile(r"(?:[-*] )?(?:soit|ou|ni)\b", re.IGNORECASE)
_SHORT_LIST = 6  # items
_ELLIPSIS = "…"


def answering(pieces: Sequence[Piece]) -> list[int]:
    """Returns the numbers of the pieces with which an answer may begin: no link, no heading, no bare contact, and no
    announcement without what it announces, unless there is nothing else.
    """
    found = [at for at, piece in enumerate(pieces) if piece.tells and not is_aside(pieces, at)]
    return [at for at in found if at < len(pieces) - 1 or not pieces[at].announces] or found


def stands_alone(pieces: Sequence[Piece], at: int) -> bool:
    """Decides whether piece ``at`` refers to no text outside of its part, and is no announcement at the end of it."""
    return not (pieces[at].points_outside or (pieces[at].announces and at == len(pieces) - 1))


def preferred(pieces: Sequence[Piece], among: Sequence[int]) -> list[int]:
    """Returns those of ``among`` that may stand for their part: neither notes nor what cannot stand alone, unless all are."""
    return [at for at in among if not is_note(pieces[at].text) and stands_alone(pieces, at)] or list(among)


def is_note(sentence: str) -> bool:
    """Decides whether ``sentence`` begins like a note on the rule ("À savoir")."""
    return _NOTE.match(sentence) is not None


def is_aside(pieces: Sequence[Piece], at: int) -> bool:
    """Decides whether piece ``at`` is a link on its own, or says how to use one."""
    return pieces[at].kind is Kind.LINK or any(pieces[other].kind is Kind.LINK for other in pieces[at].needs)


def needed(pieces: Sequence[Piece], at: int, *, briefly: bool = False) -> set[int]:
    """Returns ``at`` and all pieces that belong to it, and what an announcement announces.

    ``briefly``: only those without which it cannot be understood, or would not be true (``Piece.essential``).
    """
    found: set[int] = set()
    waiting = [at]
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += [*(pieces[other].essential if briefly else pieces[other].needs), *_alternatives(pieces, other)]
    while pieces[at].announces and at + 1 < len(pieces):  # says nothing without what it announces
        at += 1
        found |= {at, *_alternatives(pieces, at)}
    heading = next((other for other in range(min(found) - 1, -1, -1) if pieces[other].kind is Kind.HEADING), None)
    if heading is not None and not pieces[heading].is_table_header:
        found.add(heading)
    return found


def _alternatives(pieces: Sequence[Piece], at: int) -> list[int]:
    """Returns the items of the list of piece ``at`` if they are alternatives ("soit …", "ou …"): one alone would mislead."""
    items = _list_of(pieces, at) if pieces[at].kind is Kind.ITEM else []
    return items if any(_ALTERNATIVE.match(pieces[other].text) for other in items) else []


def short_lists(pieces: Sequence[Piece], chosen: Collection[int]) -> set[int]:
    """Returns the items and rows of those lists and tables of ``chosen`` that are short: conditions hold together, steps follow
    each other, and a scale without one of its rows would mislead.
    """
    lists = [_list_of(pieces, at) for at in chosen]
    return {at for items in lists if len(items) <= _SHORT_LIST for at in items}


def _list_of(pieces: Sequence[Piece], at: int) -> list[int]:
    """Returns the numbers of the items or rows of the list or table that piece ``at`` is in; none if it is in neither."""
    kind = pieces[at].kind
    if kind not in (Kind.ITEM, Kind.ROW):
        return []
    return [other for other, one in enumerate(pieces) if (one.kind, one.paragraph) == (kind, pieces[at].paragraph)]


def left_out(pieces: Sequence[Piece], chosen: Collection[int]) -> list[int]:
    """Returns the numbers of the pieces that are not ``chosen``, and of the headers of the tables whose rows are among them."""
    left = {at for at in range(len(pieces)) if at not in chosen}
    rows = [at for at in left if pieces[at].kind is Kind.ROW]
    return sorted(left | {other for at in rows for other in pieces[at].needs if pieces[other].kind is Kind.HEADING})


def exception_after(pieces: Sequence[Piece], chosen: Collection[int]) -> int | None:
    """Returns the number of the exception to the last of ``chosen``, of the condition that is added to it ("De plus, vous devez
    …"), or of a warning for the whole part; else ``None``.
    """
    for at in range(max(chosen) + 1, len(pieces)):
        piece = pieces[at]
        if piece.is_about_health_crisis or not (piece.is_exception or piece.adds_duty):
            continue
        before = next((other for other in range(at - 1, -1, -1) if not is_aside(pieces, other)), -1)
        if _WARNS.match(piece.text) or (before in chosen and (piece.is_exception or pieces[before].states_duty)):
            return at
    return None


def counted(pieces: Sequence[Piece], chosen: Collection[int]) -> str:
    """Returns the text of ``chosen``. Below a list or table with missing items or rows it says how many are shown."""
    kept = _without_empty_headings(pieces, chosen)
    last = {pieces[at].paragraph: at for at in kept}
    shown: list[Piece] = []
    for at in kept:
        piece = pieces[at]
        if piece.kind in (Kind.ITEM, Kind.ROW) and last[piece.paragraph] == at:
            whole = [other for other, one in enumerate(pieces) if (one.kind, one.paragraph) == (piece.kind, piece.paragraph)]
            count = sum(one in chosen for one in whole)
            if count < len(whole):
                before = APART if piece.kind is Kind.ROW else "\n- "
                piece = replace(piece, text=f"{piece.text}{before}{_ELLIPSIS} ({count} sur {len(whole)})")
        shown.append(piece)
    return joined(shown)


def _without_empty_headings(pieces: Sequence[Piece], chosen: Collection[int]) -> list[int]:
    """Returns ``chosen`` in order, without headings whose own text was not chosen: another heading would stand below them."""
    kept: list[int] = []
    for at in sorted(chosen, reverse=True):
        both_headings = kept and pieces[at].kind is pieces[kept[-1]].kind is Kind.HEADING
        if not both_headings or kept[-1] == at + 1:
            kept.append(at)
    return kept[::-1]


def with_exception(pieces: Sequence[Piece], chosen: Collection[int]) -> str:
    """Returns the text of ``chosen``, closed, with the first words of its exception that is not shown.

    The first words of a warning ("Attention : le service peut …") would take space and say nothing.
    """
    text, exception = counted(pieces, chosen), exception_after(pieces, chosen)
    if exception is None or _WARNS.match(pieces[exception].text):
        return closed(text)
    return closed(f"{text}{APART}{stub(pieces[exception].text)}")


def stub(sentence: str, max_chars: int = STUB_CHARS) -> str:
    """Returns the first words of ``sentence``, without marks, followed by an ellipsis if it goes on."""
    text = " ".join(plain(sentence, links=False).split())
    if len(text) <= max_chars:
        return text if _ENDS.search(text) else f"{text.rstrip(' :')}{_ELLIPSIS}"
    kept = text[: max_chars - 1].rsplit(" ", 1)[0].removesuffix(" (au")  # no half of the date that the service added
    return f"{kept.rstrip(' ,;:(')}{_ELLIPSIS}"


def closed(text: str) -> str:
    """Returns ``text`` with a full stop if it ends without punctuation, as a list's last item does."""
    text = text.rstrip()
    if _ENDS.search(text) or text.endswith("|"):
        return text
    return _OPEN_END.sub(r"\1.", text, count=1)


def visible_chars(markdown: str) -> int:
    """Returns how many characters a citizen sees of ``markdown``: labels of links, no addresses, no marks."""
    return len(plain(markdown, links=False))
