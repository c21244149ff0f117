"""Numbers of files, of beneficiaries, of identity papers: what a word before them names, or what was described."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_CUE = re.compile(
    r"(?:\b(?:dossier|allocataire|r[ée]f(?:[ée]rence)?s?|[ée]tranger|agdref|passeport|cni|"
    r"carte (?:nationale )?d['’ ]identit[ée]|permis(?: de conduire)?|"
    r"titre de s[ée]jour|visa|matricule|identifiant|usager|adh[ée]rent|assur[ée]|"
    r"contrat|facture|avis|pv|client|demandeur|ticket|suivi|file|case)\b"
    r"(?:[ ,]*(?:n[°ºo]\.?|num[ée]ro|num|est(?: le)?|:|=|#|de demande|pour|de|ma|mon))*[ ]*)$",
    re.IGNORECASE,
)
# At least five digits in all, with letters and hyphens at most; a form's number has a star, an amount a sign of money.
_NUMBER = re.compile(
    r"(?<![\w*-])(?=(?:[A-Za-z-]*\d){5})[A-Za-z]{0,4}[-/]?\d[\dA-Za-z]*(?:[-/][\dA-Za-z]+){0,4}"
    r"(?![\w*]|[.,]\d| ?(?:€|euros?|%|km))"
)
_SPACED = re.compile(r"(?<![\w*-])\d{2,4}(?: \d{2,4}){2,4}(?![\w*]|[.,]\d| ?(?:€|euros?))")
_own: list[re.Pattern[str]] = []


def use_patterns(patterns: Sequence[str]) -> None:
    """Mask also what these regular expressions find: once, at a process's entry. Raises ``ValueError``."""
    try:
        compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    except re.error as error:
        raise ValueError(f"not a regular expression: {error.pattern!r}: {error}") from error
    _own[:] = compiled


def find_cases(text: str) -> Iterator[tuple[int, int]]:
    """Where such numbers stand."""
    for pattern in (_NUMBER, _SPACED):
        for found in pattern.finditer(text):
            if _CUE.search(text[max(0, found.start() - 48) : found.start()]):
                yield found.span()
    for pattern in _own:
        for found in pattern.finditer(text):
            if found.group():
                yield found.span()
