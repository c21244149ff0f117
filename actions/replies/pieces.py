"""Splits the Markdown of a part into pieces that are never cut: sentences, list items, table rows. Pure functions."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from actions.situation.reading import flat
from actions.situation.relatives import relatives_in
from actions.situation.special_circumstances import demanded_circumstances
from core.text.markdown import plain
from retrieval.passages.aspects import states_validity


class Kind(Enum):
    """The kind of a piece. A ``HEADING`` is a line in bold above the text that it announces."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    HEADING = "heading"
    LINK = "link"


_ANNOUNCES = re.compile(r"(?::|\b(?:suivante?s?|ci-dessous|ci-après)[*\s]*\.)[*\s]*\Z")


@dataclass(frozen=True)
class Piece:
    """One piece of a part, in the part's own wording."""

    text: str
    kind: Kind
    paragraph: int  # counts the paragraphs, lists and tables of the part
    # The numbers of the pieces that are necessary to understand this one: the sentence that introduces a list, the header of a
    # table, the sentence that "il" refers to.
    needs: tuple[int, ...] = ()
    leads: bool = False  # it continues in the list below it, although it has no colon ("De plus, elle doit")

    @cached_property
    def plain(self) -> str:
        """The text without marks."""
        return plain(self.text, links=False)

    @property
    def is_table_header(self) -> bool:
        """Decides whether the piece holds the names of a table's columns."""
        return self.kind is Kind.HEADING and self.text.startswith("|")

    @property
    def essential(self) -> tuple[int, ...]:
        """The ``needs`` without which the piece cannot be understood, or would not be true: all but the sentence that a
        "De plus, …" continues, and what introduces a table, whose columns have names. "Toutefois, …" needs its rule.
        """
        return () if self.is_table_header or (self.kind is Kind.SENTENCE and _CONTINUES.match(self.text)) else self.needs

    @cached_property
    def points_outside(self) -> bool:
        """Decides whether the piece points back to a text that is not in its part, or is a list or table."""
        return self.kind is Kind.SENTENCE and not self.needs and refers_back(self.text) and bool(_POINTS_BACK.match(self.text))

    @cached_property
    def announces(self) -> bool:
        """Decides whether the piece says nothing without the next one."""
        return self.kind is Kind.HEADING or self.leads or _ANNOUNCES.search(self.text) is not None

    @cached_property
    def tells(self) -> bool:
        """Decides whether an answer may begin with the piece: no link, heading, bare contact or remark in brackets."""
        text = _LIST_MARK.sub("", self.plain).strip()
        is_text = self.kind not in (Kind.LINK, Kind.HEADING) and len(text) > 2
        return is_text and _ONLY_CONTACT.match(text) is None and _BRACKETED.fullmatch(text) is None

    @cached_property
    def is_exception(self) -> bool:
        """Decides whether the piece begins like an exception to the text before it."""
        return _EXCEPTION.match(self.text) is not None

    @cached_property
    def states_duty(self) -> bool:
        """Decides whether the piece says what somebody must do or be."""
        return _DUTY.search(self.plain) is not None

    @cached_property
    def adds_duty(self) -> bool:
        """Decides whether the piece adds a duty or condition to that of the text before it ("De plus, vous devez …")."""
        return self.kind is Kind.SENTENCE and self.states_duty and _ADDS.match(self.text) is not None

    @cached_property
    def relatives_with_figure(self) -> frozenset[str]:
        """The kinds of relatives that the piece names beside a figure ("trois jours pour le père"); none without a figure."""
        return relatives_in(self.plain) if _FIGURE.search(flat(self.plain)) else frozenset()

    @cached_property
    def states_validity(self) -> bool:
        """Decides whether the piece says how long something is valid."""
        return states_validity(self.plain)

    @cached_property
    def circumstances(self) -> frozenset[str]:
        """The circumstances of few people under which the piece holds ("Si l'un des époux est sous tutelle, …")."""
        condition = _PERSONS_CONDITION.match(self.plain)
        return demanded_circumstances(condition[1]) if condition else frozenset()

    @cached_property
    def is_about_health_crisis(self) -> bool:
        """Decides whether the piece names the health crisis of 2020."""
        return is_about_health_crisis(self.text)


_FIGURE = re.compile(r"\d|\b(?:jours?|semaines?|mois|ans?|annees?)\b")  # in folded text
# The measures of 2020 are over. Pages of that year still hold them, often as their first warning.
_HEALTH_CRISIS = re.compile(r"covid|coronavirus|(?:crise|urgence) sanitaire|confinement", re.IGNORECASE)
_EXCEPTION = re.compile(
    r"(?:[-*] )?(?:\*\*)?(?:toutefois|cependant|sauf|attention|en revanche|néanmoins|par exception|exceptions?\b|par dérogation"
    r"|mais |à condition|à l'exception|sinon\b|à défaut|dans le cas contraire|il existe (?:des|plusieurs) exceptions"
    r"|(?:cette|ces) (?:règles?|dispositions?|obligations?|interdictions?) ne )",
    re.IGNORECASE,
)
_DUTY = re.compile(r"\b(?:dev(?:ez|ra|rez|ront)|doi(?:t|vent)|faut|conditions?)\b", re.IGNORECASE)
_ADDS = re.compile(
    r"(?:\*\*)?(?:de plus|en outre|par ailleurs|(?:\w+['’ ]){1,3}(?:devez|doi(?:t|vent)|faut) (?:également|aussi)\b)",
    re.IGNORECASE,
)
_PERSONS_CONDITION = re.compile(r"(?:si |s'|lorsqu[e'] ?|quand )[^,.]*\b(?:êtes|est|sont) ([^,.]*),", re.IGNORECASE)
_ONLY_CONTACT = re.compile(
    r"(?:par (?:téléphone|courrier|internet)|téléphone|courriel|en ligne|sur place)\s*:?\W*\Z", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)
_BRACKETED = re.compile(r"\([^()]*\)\.?")
_BLANK_LINES = re.compile(r"\n\s*\n")
_ITEM = re.compile(r"(?:[-*] |\d+\. )")
TABLE_RULE = re.compile(r"\|[\s:|-]+\|?\Z")
_BOLD_LINE = re.compile(r"\*\*[^*]*[^*.!]\*\*\s*:?\Z")  # a whole sentence in bold is no heading
_LINK_LINE = re.compile(r"\[[^\]]*\]\([^)\s]*\)\s*(?:\([^)]*\))?\s*[.:]?\Z")
_ENDED = re.compile(r"[.!?…:;»)\"”][*\s]*\Z")
_SENTENCE_END = re.compile(r"(?:[.!?…]+|\.\*\*)[)»\"”]*\s+(?=[^\W\d_a-zà-ÿ]|[\[*«(\"“]|\d)")
# No sentence ends after these, in spite of the full stop.
_ABBREVIATION = re.compile(
    r"(?:\b(?:art|cf|ex|p|etc|no|n|m|mm|mme|dr|st|min|max|env|tél|tel|(?-i:[A-Z]))\.|(?<!\d)\d\.)\s*\Z", re.IGNORECASE
)
# Such a beginning refers to a sentence, not to the subject of the page or of a heading as "il" or "elle" may.
_POINTING = (
    r"cela |ce |cet |cette |ces |celui-ci|celle-ci|ceux-ci|celles-ci|ensuite|passé ce délai"
    r"|(?:à|après|au vu de|avec|dans|de|en|pendant|pour|sur) (?:ce|cet|cette|ces) |(?:\w+ ){0,4}alors "
)
_POINTS_BACK = re.compile(rf"(?:\*\*)?(?:{_POINTING})", re.IGNORECASE)
# "Vous devez l'envoyer": the object stands in the sentence before.
_WITH_PRONOUN = (
    r"(?:\w+ ){1,3}(?:doi(?:t|vent)|devez|peut|peuvent|pouvez|faut) (?:aussi |également )?(?:l'|le |la |les |lui |leur )"
    r"\w+(?:er|ir|dre|tre|ire)\b"
)
# "Les heures suivantes": those after the ones that the sentence before names. Before a colon they are those that follow.
_THE_NEXT = r"l[ae]s? (?:\*\*)?\w+ suivante?s?(?:\*\*)? [^:]*\Z"
# A sentence with such a beginning refers to the one before it.
_REFERS = re.compile(
    rf"(?:\*\*)?(?:{_POINTING}|il |ils |elle |elles |dans les (?:\w+ )?cas|pour cela|ainsi|en effet|de même|sinon|y |en outre"
    r"|par ailleurs|toutefois|cependant|néanmoins|en revanche|mais |et |or |à défaut(?! d[e'’])|de plus|son |sa |ses |leur "
    rf"|leurs |ceci |par exemple|on en |{_THE_NEXT}|{_WITH_PRONOUN})",
    re.IGNORECASE,
)
# A sentence with such a beginning continues a thought, but can be understood alone.
_CONTINUES = re.compile(
    r"(?:\*\*)?(?:par exemple|en outre|par ailleurs|de plus),? "
    r"(?!(?:il|ils|elle|elles|celui-ci|celle-ci|ceux-ci|celles-ci|cela|ce|cet|cette|ces|son|sa|ses|leur|leurs|on en) )",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"(?:il|c')\s?(?:n'|ne |s')?(?:est|faut|existe|suffit|peut être|doit être|convient|y a|s'agit|agit|n'y a)\b"
    r"|ce que\b|cela dit\b",
    re.IGNORECASE,
)


def is_about_health_crisis(text: str) -> bool:
    """Decides whether ``text`` names the health crisis of 2020."""
    return _HEALTH_CRISIS.search(text) is not None


def pieces_of(markdown: str) -> list[Piece]:
    """Returns the pieces of ``markdown`` in reading order. ``joined`` makes the part from them again."""
    found: list[Piece] = []
    for number, paragraph in enumerate(one for one in _BLANK_LINES.split(markdown.strip()) if one.strip()):
        last = found[-1] if found and found[-1].kind is Kind.ITEM else None
        if last and paragraph[:1].isspace():  # a second paragraph of the item before it, and the items that follow
            more, items = _lead_and_items(paragraph)
            found[-1] = last = replace(last, text=f"{last.text}\n\n{more}")
            found += [replace(last, text=item) for item in items]
        elif last and _ITEM.match(paragraph):  # the list continues
            found += [replace(last, text=item) for item in _items(paragraph)]
        else:
            new = list(_split(paragraph.strip("\n"), number))
            _mark_lead(new, found)
            found += _with_needs(new, found)
    return found


def _mark_lead(new: list[Piece], before: list[Piece]) -> None:
    """Marks the sentence that introduces the list in the paragraph ``new``; if the list begins it, the last of ``before``.

    A line in bold that ends on its colon is such a sentence, not a heading: it does not hold for the text below the list.
    """
    first = next((at for at, piece in enumerate(new) if piece.kind is Kind.ITEM), None)
    if first is None:
        return
    pieces, last = (new, first - 1) if first else (before, len(before) - 1)
    if last < 0:
        return
    if pieces[last].kind is Kind.SENTENCE and not _ENDED.search(pieces[last].text):
        pieces[last] = replace(pieces[last], leads=True)
    elif pieces[last].kind is Kind.HEADING and pieces[last].text.endswith(":**"):
        pieces[last] = replace(pieces[last], kind=Kind.SENTENCE)


def joined(pieces: Sequence[Piece]) -> str:
    """Returns the Markdown of ``pieces``: sentences of a paragraph on one line, items and rows on a line each."""
    text, paragraph = "", None
    for piece in pieces:
        if paragraph is None:
            text = piece.text
        elif paragraph != piece.paragraph:
            text += f"\n\n{piece.text}"
        else:
            text += f"{' ' if piece.kind is Kind.SENTENCE else '\n'}{piece.text}"
        paragraph = piece.paragraph
    return text


def text_of(pieces: Sequence[Piece], chosen: Collection[int]) -> str:
    """Returns the Markdown of those of ``pieces`` that are ``chosen`` (numbers), in their order."""
    return joined([pieces[at] for at in sorted(chosen)])


def _split(paragraph: str, number: int) -> Iterator[Piece]:
    if paragraph.startswith("|"):
        rows = paragraph.split("\n")
        head = 2 if len(rows) > 2 and TABLE_RULE.match(rows[1]) else 1
        yield Piece("\n".join(rows[:head]), Kind.HEADING, number)
        yield from (Piece(row, Kind.ROW, number) for row in rows[head:])
    elif _BOLD_LINE.match(paragraph):
        yield Piece(paragraph, Kind.HEADING, number)
    elif _LINK_LINE.match(paragraph):
        yield Piece(paragraph, Kind.LINK, number)
    else:
        lead, items = _lead_and_items(paragraph)
        yield from (Piece(sentence, Kind.SENTENCE, number) for sentence in _sentences(lead))
        yield from (Piece(item, Kind.ITEM, number) for item in items)


def _lead_and_items(paragraph: str) -> tuple[str, list[str]]:
    """Returns the text and the list of a paragraph in which a list follows without an empty line."""
    lines = paragraph.split("\n")
    first = next((at for at, line in enumerate(lines) if _ITEM.match(line)), len(lines))
    return "\n".join(lines[:first]), _items("\n".join(lines[first:])) if first < len(lines) else []


def _items(text: str) -> list[str]:
    """Returns the outermost items of a list, each with the lines that belong to it."""
    items: list[str] = []
    for line in text.split("\n"):
        if _ITEM.match(line) or not items:
            items.append(line)
        else:
            items[-1] += f"\n{line}"
    return items


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        sentence = text[start : end.end()].strip()
        if _ABBREVIATION.search(sentence) or sentence.count("(") > sentence.count(")"):
            continue
        yield sentence
        start = end.end()
    if rest := text[start:].strip():
        yield rest


def _with_needs(new: list[Piece], before: Sequence[Piece]) -> list[Piece]:
    """Returns ``new``, the pieces of one paragraph after ``before``, with the ``needs`` of each."""
    first = len(before)
    lead = {first - 1} if before and (before[-1].announces or before[-1].kind is Kind.LINK) else set[int]()
    head: set[int] = set()
    found: list[Piece] = []
    for at, piece in enumerate(new):
        needs: set[int] = set()
        if piece.is_table_header:
            needs, head = lead, {first + at}
        elif piece.kind is Kind.ROW:
            needs = head.union(first + other for other in _same_row(new, at))
        elif piece.kind is Kind.ITEM:
            sentences = [first + other for other, one in enumerate(new[:at]) if one.kind is Kind.SENTENCE]
            needs = set(sentences[-1:]) or lead
        elif piece.kind is Kind.SENTENCE and at == 0 and lead and before[-1].announces:
            needs = lead
        elif piece.kind is not Kind.HEADING and first + at and refers_back(piece.text):
            needs = {first + at - 1} if at or before[-1].kind is Kind.SENTENCE else set()
        found.append(replace(piece, needs=tuple(sorted(needs))))
    return found


def _same_row(pieces: Sequence[Piece], at: int) -> list[int]:
    """Returns the numbers of the other rows with the first cell of row ``at``, or an empty one below it."""
    keys: list[str] = []
    for piece in pieces:
        cell = piece.text.removeprefix("|").partition("|")[0].strip() if piece.kind is Kind.ROW else ""
        keys.append(cell or (keys[-1] if keys else ""))
    return [other for other, piece in enumerate(pieces) if other != at and piece.kind is Kind.ROW and keys[other] == keys[at]]


def refers_back(sentence: str) -> bool:
    """Decides whether ``sentence`` begins with a word that refers to the text before it."""
    return _REFERS.match(sentence) is not None and _IMPERSONAL.match(sentence.removeprefix("**")) is None
