"""What masking costs grows as its texts do: for each of its patterns, a text that makes it try again and again.

Eight times as long takes about eight times the work; what looks at each place from each other place takes 64 times.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time

import pytest

import core.privacy
from core.privacy.masking import mask

_SHORT, _TIMES, _MOST = 1_000, 8, 24

# What stands in front, what is repeated, what stands behind.
_TEXTS = {
    "emails._AT": ("", "@", ""),
    "emails._NAME_BACKWARDS": ("", "a", "@"),
    "emails._DOMAIN": ("a@", "a.", "@"),
    "emails._MAYBE_SPOKEN": ("", "(at", ""),
    "emails._SPOKEN_AT": ("", "a at ", ""),
    "emails._SPOKEN_NAME_BACKWARDS": ("", "a", " at b"),
    "emails._SPOKEN_DOMAIN": ("a at ", "b dot ", " at "),
    "groups._CHAIN": ("", "1 ", "a"),
    "groups._ONE_GROUP": ("", "0612345678", "a"),
    "groups._BETWEEN": ("1", " -", "1"),
    "groups._WORDS": ("123456789012 ", "a_", "é"),
    "groups._AMOUNT": ("", "1 euro ", ""),
    "numbers._NIR": ("", "185057800608499 ", ""),
    "numbers._NIR_LIKELY": ("", "1850578006084", "a"),
    "numbers._NIR_KEY": ("", "1 85 05 78 006 084 cl ", ""),
    "numbers._NIR_WORDS": ("", "sécurité sociale 1 85 05 ", ""),
    "numbers._TAX": ("impôts ", "1 1 2000 ", ""),
    "numbers._TAX_WORDS": ("1234567890123", "télédéclar tax ", ""),
    "numbers._IBAN": ("", "FR76 ", ""),
    "numbers._IBAN_FR": ("", "FR76 3000 6000 0112 3456 7890 188 ", ""),
    "numbers._CARD": ("", "4111 1111 1111 1112 ", ""),
    "phones._FRENCH": ("", "06 12 ", ""),
    "phones._ABROAD": ("", "33 6 12 34 56 ", ""),
    "phones._VAT": ("", "FR 33 349 576 561 ", ""),
    "phones._YEAR": ("", "01 02 2024 12 ", ""),
    "phones._LISTED": ("", "départements 02, 08, 10, 51, 52, 60 ", ""),
    "groups._PLUS": ("", "+44 7911 123 ", ""),
    "places._PLATE": ("", "AB-123-C ", ""),
    "places._OLD_PLATE": ("plaque ", "123 AB 7", ""),
    "places._MEASURE": ("", "de 750 kg ", ""),
    "places._PLATE_WORDS": ("123", "plaqu", ""),
    "places._ADDRESS": ("", "1 rue a 1 ", ""),
    "places._ADDRESS_UNSURE": ("", "1 place a ", ""),
    "places._POSTCODE": ("1 place ", "75001 ", ""),
    "places._LIVES": ("", "habit 1 cours a ", ""),
    "places._BUILDING": ("1 rue a", ", bat", ""),
    "dates._BORN": ("2000 ", "née ", ""),
    "dates._BETWEEN": ("née", " ", "1/1/2000"),
    "dates._DATE": ("née ", "1/1/", ""),
    "cases._NAMED": ("12345 ", "carte nationale d'", ""),
    "cases._CUE": ("", "dossier n° n° 12345 ", ""),
    "cases._NUMBER": ("", "1a-", "*"),
    "cases._SPACED": ("dossier ", "12 34 ", "*"),
    "cases._UNMASKED": ("", "•a", ""),
    "names._TOKEN": ("", "jean-", ""),
    "names._GAP": ("jean", " ", "dupont"),
    "names._BREAK": ("", "jean ", "."),
    "names._ANNOUNCED": ("", "m'appelle ", ""),
    "names._PRESENTED": ("", "je suis jean ", ""),
    "names._SIGNED": ("", "merci,,,, jean\n", ""),
    "names._NOTHING_MORE": ("merci ", "jean ...\n", "a"),
    "names of siblings": ("mon fils ", "lucas et ", ""),
    "folded._OTHER": ("", "\u2011 \n\u0301", ""),
    "invisible._INVISIBLE": ("a", "\u200d", "a"),
    "masking._FRAME": ("06 12 34 56 78 ", "mon n ", ""),
    "masking._WORD": ("06 12 34 56 78", ".", ""),
}
# These read an administration's own pattern, once a process, and our own ids.
_NO_TEXTS = {"cases._SIGNS", "cases._BEGINS", "logs._OURS"}


def test_every_pattern_of_masking_has_a_text_that_tries_it() -> None:
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(core.privacy.__path__, "core.privacy.")]
    patterns = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }
    assert patterns - _NO_TEXTS == {name for name in _TEXTS if " " not in name}


@pytest.mark.parametrize(("front", "repeated", "behind"), _TEXTS.values(), ids=_TEXTS)
def test_mask_of_a_longer_text_costs_in_proportion(front: str, repeated: str, behind: str) -> None:
    short, long = (f"{front}{repeated * (length // len(repeated))}{behind}" for length in (_SHORT, _SHORT * _TIMES))
    assert _work(long) < _MOST * _work(short)


def _work(text: str) -> int:
    """The least processor time of this thread, in nanoseconds, of some tries: other processes and threads do not count."""
    spent = []
    for _ in range(5):
        began = time.thread_time_ns()
        found = mask(text)
        _ = found.nothing_left
        spent.append(time.thread_time_ns() - began)
    return min(spent)
