"""Chooses the sentences of a part that answer a message. They are shown whole, with what turns them round."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from actions.replies.pieces import Kind, Piece, joined, pieces_of
from core.text.markdown import plain

# How much each of some sentences says of what is asked: 0 for nothing.
type Worth = Callable[[Sequence[str]], Sequence[float]]

_EXCEPTION = re.compile(
    r"(?:[-*] )?(?:\*\*)?(?:toutefois|cependant|sauf|attention|en revanche|néanmoins|par exception|exceptions?\b|par dérogation"
    r"|mais |à condition|à l'exception|sinon\b|à défaut|dans le cas contraire|il existe (?:des|plusieurs) exceptions"
    r"|(?:cette|ces) (?:règles?|dispositions?|obligations?|interdictions?) ne )",
    re.IGNORECASE,
)
# A part mostly begins with what it has to say. On 373 questions with the facts that answer them, the page given, its card
# states these for .35 with .5, .34 with .3, .31 with 0 (ADR 0054).
_FIRST_WORTH = 0.5
_STUB_CHARS = 60  # of an exception that does not fit: enough to see whether it may concern its reader
_ENDS = re.compile(r"[.!?…»)](?:\*\*)?\Z")
_OPEN_END = re.compile(r"[\s;,:]*(\*\*)?\Z")
_WARNS = re.compile(r"(?:\*\*)?attention\b", re.IGNORECASE)
_DECIDED_CHARS = 600  # of a part that begins with "Oui" or "Non": half of it may say the contrary
_YES_OR_NO = re.compile(r"(?:\*\*)?(?:oui|non)\b", re.IGNORECASE)
_ONLY_CONTACT = re.compile(
    r"(?:par (?:téléphone|courrier|internet)|téléphone|courriel|en ligne|sur place)\s*:?\W*\Z", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)
_ELLIPSIS = "…"
_APART = "\n\n"


@dataclass(frozen=True, slots=True)
class Extract:
    """``text`` is what is shown of a part, ``rest`` what is left out of it, in its order (both Markdown).

    ``pieces`` are the numbers of the pieces shown (``actions.replies.pieces``); ``exception``: what turns ``text`` round stands
    in it with its first words only.
    """

    text: str
    rest: str = ""
    pieces: tuple[int, ...] = ()
    exception: bool = False

    @property
    def whole(self) -> bool:
        """Whether the whole part is shown."""
        return not self.rest


def extract(
    markdown: str, worth: Worth, max_chars: int, *, answer_chars: int = 0, whole_chars: int = 0, strict: bool = False
) -> Extract:
    """Returns what of ``markdown`` answers best within ``max_chars`` visible characters (labels of links, no addresses).

    A first sentence that is longer is shown whole; where ``strict``, only if no other fits. What turns the shown text round
    ("Toutefois …") is shown with it, or with its first words. A list keeps its lead-in and says how many of its items are
    shown; a table keeps its head. The beginning of the part is kept where what answers then still ends within
    ``answer_chars`` (by default ``max_chars``). A part of at most ``whole_chars`` is shown whole, with its links, and so is a
    short one that begins with "Oui" or "Non". ``markdown`` that says nothing gives an empty text.
    """
    pieces = pieces_of(markdown)
    telling = [at for at, piece in enumerate(pieces) if _tells(piece) and not _is_aside(pieces, at)]
    if not telling:
        return Extract("", rest=markdown.strip())
    decides = _YES_OR_NO.match(pieces[telling[0]].text) is not None
    if _visible(markdown) <= max(max_chars, whole_chars, _DECIDED_CHARS if decides and whole_chars else 0):
        shown = [piece for at, piece in enumerate(pieces) if whole_chars or not _is_aside(pieces, at)]
        return Extract(closed(joined(shown)), pieces=tuple(range(len(pieces))))
    if strict and (short := [at for at in telling if _length(pieces, _needed(pieces, at)) <= max_chars]):
        telling = short
    chosen = _needed(pieces, telling[0] if decides else _best(pieces, telling, worth))
    first = min(telling[0], *chosen)
    from_start = {at for at in range(first, max(chosen) + 1) if not _is_aside(pieces, at)} | chosen
    if _visible(closed(_counted(pieces, from_start))) <= (answer_chars or max_chars):
        chosen = from_start
    return _filled(pieces, chosen, max_chars)


def continued(markdown: str, shown: Collection[int], max_chars: int) -> Extract:
    """Returns what follows of ``markdown`` once the pieces ``shown`` were read, within ``max_chars`` visible characters."""
    pieces = pieces_of(markdown)
    left = [at for at in range(len(pieces)) if at not in shown]
    chosen: list[int] = []
    for at in left:
        if not all(pieces[one].announces for one in chosen) and _length(pieces, {*chosen, at}) > max_chars:
            break
        chosen.append(at)
    while len(chosen) > 1 and pieces[chosen[-1]].announces and chosen[-1] != left[-1]:
        chosen.pop()
    rest = joined([pieces[at] for at in left if at not in chosen])
    return Extract(joined([pieces[at] for at in chosen]), rest=rest, pieces=tuple(sorted({*shown, *chosen})))


def _filled(pieces: Sequence[Piece], chosen: set[int], max_chars: int) -> Extract:
    """Adds what follows ``chosen`` as far as it fits, and the exception that comes next."""
    for at in range(max(chosen) + 1, len(pieces)):
        if _is_aside(pieces, at):
            continue
        wider = chosen | _needed(pieces, at) | {at}
        room = 0 if _exception_after(pieces, wider) is None else _STUB_CHARS + len(_APART)
        if _visible(closed(_counted(pieces, wider))) + room > max_chars:
            break
        chosen = wider
    while len(chosen) > 1 and pieces[max(chosen)].announces:
        chosen = chosen - {max(chosen)}
    text, exception = _counted(pieces, chosen), _exception_after(pieces, chosen)
    if exception is not None and _visible(closed(with_it := _counted(pieces, chosen | {exception}))) <= max_chars:
        chosen, exception, text = chosen | {exception}, None, with_it
    elif exception is not None:
        text += f"{_APART}{stub(pieces[exception].text)}"
    rest = joined([piece for at, piece in enumerate(pieces) if at not in chosen])
    return Extract(closed(text), rest=rest, pieces=tuple(sorted(chosen)), exception=exception is not None)


def _exception_after(pieces: Sequence[Piece], chosen: set[int]) -> int | None:
    """Returns the number of the piece that turns round the last of ``chosen``, or warns of the whole part; else ``None``."""
    for at in range(max(chosen) + 1, len(pieces)):
        if is_exception(pieces[at].text):
            before = next((other for other in range(at - 1, -1, -1) if not _is_aside(pieces, other)), None)
            if before in chosen or _WARNS.match(pieces[at].text):
                return at
    return None


def is_exception(sentence: str) -> bool:
    """Decides whether ``sentence`` begins as one that turns round what stands before it."""
    return _EXCEPTION.match(sentence) is not None


def stub(sentence: str, max_chars: int = _STUB_CHARS) -> str:
    """Returns the first words of ``sentence``, without marks, and the sign that it goes on."""
    text = " ".join(plain(sentence, links=False).split())
    if len(text) <= max_chars:
        return text
    return f"{text[: max_chars - 1].rsplit(' ', 1)[0].rstrip(' ,;:(')}{_ELLIPSIS}"


def _tells(piece: Piece) -> bool:
    """Decides whether an answer may begin with ``piece``: no link, no heading, no bare contact."""
    if piece.kind in (Kind.LINK, Kind.HEADING):
        return False
    text = _LIST_MARK.sub("", plain(piece.text, links=False)).strip()
    return len(text) > 2 and _ONLY_CONTACT.match(text) is None


def _is_aside(pieces: Sequence[Piece], at: int) -> bool:
    """Decides whether piece ``at`` is a link that stands by itself, or says how to use one."""
    return pieces[at].kind is Kind.LINK or any(pieces[other].kind is Kind.LINK for other in pieces[at].needs)


def _best(pieces: Sequence[Piece], telling: Sequence[int], worth: Worth) -> int:
    """Returns the number of the piece that is worth most; the first one where no other is worth much more."""
    worths = list(worth([plain(pieces[at].text, links=False) for at in telling]))
    worths[0] += _FIRST_WORTH
    return max(zip(worths, (-at for at in telling), telling, strict=True))[2]


def _needed(pieces: Sequence[Piece], at: int) -> set[int]:
    """Returns ``at`` and all pieces without which it cannot be understood, and what an announcement announces."""
    found, waiting = {at}, list(pieces[at].needs)
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += pieces[other].needs
    while pieces[at].announces and at + 1 < len(pieces):  # says nothing without what it announces
        at += 1
        found.add(at)
    heading = next((other for other in range(min(found) - 1, -1, -1) if pieces[other].kind is Kind.HEADING), None)
    if heading is not None and not pieces[heading].text.startswith("|"):
        found.add(heading)
    return found


def _counted(pieces: Sequence[Piece], chosen: set[int]) -> str:
    """Returns the text of ``chosen``; a list of which items are missing says how many are shown."""
    told: list[Piece] = []
    for at in sorted(chosen):
        piece = pieces[at]
        told.append(piece)
        if piece.kind is not Kind.ITEM or (at + 1 in chosen and pieces[at + 1].paragraph == piece.paragraph):
            continue
        items = [other for other, one in enumerate(pieces) if one.kind is Kind.ITEM and one.paragraph == piece.paragraph]
        shown = sum(item in chosen for item in items)
        if shown < len(items):
            told[-1] = Piece(f"{piece.text}\n- {_ELLIPSIS} ({shown} sur {len(items)})", piece.kind, piece.paragraph)
    return joined(told)


def closed(text: str) -> str:
    """Returns ``text`` with a full stop where its end has no sign: a list's last item, a sentence of the source without one."""
    text = text.rstrip()
    if _ENDS.search(text) or text.endswith("|"):
        return text
    return _OPEN_END.sub(r"\1.", text, count=1)


def _length(pieces: Sequence[Piece], chosen: set[int]) -> int:
    return _visible(joined([pieces[at] for at in sorted(chosen)]))


def _visible(markdown: str) -> int:
    return len(plain(markdown, links=False))
