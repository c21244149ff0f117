"""Numbers of files, of beneficiaries, of identity papers: announced by a word, or matched by the operator's patterns."""

import re
from collections.abc import Iterator, Sequence

import regex
import structlog

_THING = (
    r"\b(?:dossier|allocataire|r[ée]f(?:[ée]rence)?s?|[ée]tranger|agdref|passeport|cni|"
    r"carte (?:nationale )?d['’ ]identit[ée]|permis(?: de conduire)?|"
    r"titre de s[ée]jour|visa|matricule|identifiant|usager|adh[ée]rent|assur[ée]|"
    r"contrat|facture|avis|pv|client|demandeur|ticket|suivi|file|case)\b"
)
_NAMED = re.compile(_THING, re.IGNORECASE)
_CUE = re.compile(
    rf"(?:{_THING}"
    r"(?:[ ,]*(?:n[°ºo]\.?|num[ée]ro|num|est(?: le)?|:|=|#|de demande|pour|de|ma|mon))*[ ]*(?:(?<=[:=°])\n)?)$",
    re.IGNORECASE,
)
# At least five digits in all, with letters and hyphens at most; a form's number has a star, an amount a currency sign.
_NUMBER = re.compile(
    r"(?<![\w*-])(?=(?:[A-Za-z-]*\d){5})[A-Za-z]{0,4}[-/]?\d[\dA-Za-z]*(?:[-/][\dA-Za-z]+){0,4}"
    r"(?![\w*]|[.,]\d| ?(?:€|euros?|%|km))"
)
_SPACED = re.compile(r"(?<![\w*-])\d{2,4}(?: \d{2,4}){2,4}(?![\w*]|[.,]\d| ?(?:€|euros?))")
_UNMASKED = re.compile(r"[^•]+")
_own: list[regex.Pattern[str]] = []
_SECONDS = 0.25  # limit for one of the operator's expressions on a text; a good one takes a hundredth of it
_TRIED_SECONDS = 1.0  # the same at start-up; longer, so that a busy machine refuses no good one
_LONGEST = 2_000  # characters of a text on which each is tried
_TRIED = ("0", "a", "A", " ", "-", ".", "/", "0 ", "a ", "0-", "a0")

_SIGNS = re.compile(r"\\[A-Za-z]|\[[^\]]*\]|\{[^}]*\}|\(\?[a-z<!=:]*|[\\()+*?|^$]")  # metacharacters
_BEGINS = re.compile(r"(?:[\w /-](?![+*?{|]))*")  # the literal beginning of a pattern

log = structlog.get_logger(__name__)


def use_patterns(patterns: Sequence[str]) -> None:
    """Masks also the matches of these regular expressions. Call it once at a process's start. Raises ``ValueError``."""
    _own[:] = [_compiled(pattern) for pattern in patterns]


def too_slow(pattern: str) -> bool:
    """Decides whether ``pattern`` takes very long on texts that it nearly matches, as ``(\\d+)+-`` does on digits.

    It is tried on long texts of similar characters. Later uses have a time limit too. Raises ``ValueError`` for an invalid
    one.
    """
    compiled = _compiled(pattern)
    head, tail = _BEGINS.match(pattern), _SIGNS.sub("", pattern)
    tried = (*_TRIED, *sorted({sign for sign in tail if sign.isalnum()}))
    texts = (f"{head[0] if head else ''}{(one * _LONGEST)[:_LONGEST]}\n{tail}" for one in tried)
    return any(_spans(compiled, text, _TRIED_SECONDS) is None for text in texts)


def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error.pattern!r}: {error}") from error


def _spans(pattern: regex.Pattern[str], text: str, seconds: float = _SECONDS) -> list[tuple[int, int]] | None:
    """Returns the matches; ``None`` if the search takes too long."""
    try:
        return [found.span() for found in pattern.finditer(text, timeout=seconds) if found.group()]
    except TimeoutError:
        return None


def find_cases(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of such numbers."""
    own = [_spans(pattern, text) for pattern in _own]
    if None in own:  # its matches are unknown: it is better to mask the whole text than to miss a number
        log.error("masking_pattern_too_slow", number=own.index(None) + 1)
        yield from (found.span() for found in _UNMASKED.finditer(text))
        return
    for pattern in (_NUMBER, _SPACED) if _NAMED.search(text) else ():
        for found in pattern.finditer(text):
            if _CUE.search(text[max(0, found.start() - 48) : found.start()]):
                yield found.span()
    for spans in filter(None, own):
        yield from spans
