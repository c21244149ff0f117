"""All places by name and by postal code, in memory: 20 MB for the communes of France."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.yaml_text import load as load_yaml
from places.communes.place import Kind, Place
from places.words import key_of

OWN = Path(__file__).with_name("own.tsv")  # written by this project: the list without a network
_SHORTENED_FROM = 5_000  # inhabitants of a commune that people call by its first word alone: "Cherbourg", "Carhaix"
_MISSPELT_FROM = 4_000  # inhabitants: smaller villages are rarely misspelt, and their names resemble too many words
_SHORTEST_ALIAS = 4
_TIMES_AS_LARGE = 20  # "Évry" means Évry-Courcouronnes (Essonne), although a village of the Yonne has exactly this name
_NO_ALIAS = frozenset(load_yaml(Path(__file__).with_name("not_alone.yml").read_text(encoding="utf-8")))
_SHORTEST_MISSPELT, _TWO_SLIPS_FROM = 5, 8  # letters: a shorter name resembles too many other words


class Places:
    """An index of the places in ``lines`` (``package.convert``).

    A line has, between tabs: kind, code, name, département, inhabitants, postal codes, and one more column: former names of
    a commune, the commune of a district, or the largest commune of an EPCI.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._all: list[Place] = []
        self._by_name: dict[str, int | tuple[int, ...]] = {}  # former name: complement of its commune's number
        self._by_code: dict[str, int] = {}
        self._by_postal_code: dict[str, int | tuple[int, ...]] = {}
        self.longest: dict[str, int] = {}  # first word → words of the longest name that begins with it
        self._departements: dict[str, str] = {}  # folded name → code
        self._departements_begin: set[str] = set()  # their first words
        self._aliases: set[str] = set()
        self._shared: dict[str, str] = {}
        former: list[tuple[str, int]] = []
        for line in lines:
            former += self._add(line.rstrip("\n").split("\t"))
        self._districts = {place.within for place in self._all if place.kind == "district"}
        self._add_aliases()
        for name, number in former:
            if (key := key_of(name)) not in self._aliases:
                self._add_name(key, ~number)
        self._misspelt = self._buckets()
        del self._shared

    def _add(self, fields: Sequence[str]) -> list[tuple[str, int]]:
        kind, code, name, departement, population, postal_codes, more = fields
        number = len(self._all)
        departement = self._shared.setdefault(departement, departement)
        codes = tuple(self._shared.setdefault(one, one) for one in postal_codes.split())
        # An EPCI is represented by its largest commune, a district by its commune.
        within = more if kind in ("district", "epci") else ""
        self._all.append(Place(cast("Kind", kind), code, name, departement, int(population), codes, within))
        self._by_code[f"{kind[0]}{code}" if kind == "departement" else code] = number
        for one in codes:
            _append(self._by_postal_code, one, number)
        key = key_of(name)
        if kind == "departement":
            self._departements[key] = code
            self._departements_begin.add(key.split()[0])
        elif kind != "district":  # "Lyon 3e Arrondissement" is read as "Lyon" with a number
            self._add_name(key, number)
        return [(one, number) for one in more.split("|") if one] if kind == "commune" else []

    def _add_name(self, key: str, number: int) -> None:
        _append(self._by_name, key, number)
        words = key.split()
        self.longest[words[0]] = max(self.longest.get(words[0], 0), len(words))

    def _add_aliases(self) -> None:
        """Adds the first word of each long name, unless a commune of similar size has this word as its whole name."""
        for number, place in enumerate(self._all):
            if place.kind != "commune" or place.population < _SHORTENED_FROM:
                continue
            first, *rest = key_of(place.name).split()
            namesakes = () if first in self._aliases else self.with_name(first)
            largest_namesake = max((one.population for one in namesakes), default=0)
            is_alone = place.population >= _TIMES_AS_LARGE * largest_namesake
            if rest and len(first) >= _SHORTEST_ALIAS and first not in _NO_ALIAS and is_alone:
                self._add_name(first, number)
                self._aliases.add(first)

    def _buckets(self) -> dict[str, list[str]]:
        """Returns the names that are compared with a misspelt one, by their first letter."""
        buckets: dict[str, list[str]] = {}
        for key in self._by_name:
            if len(key) >= _SHORTEST_MISSPELT and max(place.population for place in self.with_name(key)) >= _MISSPELT_FROM:
                buckets.setdefault(key[0], []).append(key)
        return buckets

    def __len__(self) -> int:
        return len(self._all)

    def with_name(self, key: str) -> tuple[Place, ...]:
        """Returns the places whose present or former folded name (``key_of``) is ``key``, the largest first.

        A former commune that is now a part of another one counts as a place without inhabitants.
        """
        return tuple(sorted(_places_at(self._all, self._by_name.get(key)), key=lambda place: -place.population))

    def with_postal_code(self, code: str) -> tuple[Place, ...]:
        """Returns the communes of a postal code, the largest first; in Paris, Lyon and Marseille the district alone."""
        communes = _places_at(self._all, self._by_postal_code.get(code))
        return tuple(sorted((one for one in communes if one.code not in self._districts), key=lambda place: -place.population))

    def district(self, commune: str, number: int) -> Place | None:
        """Returns the district of Paris, Lyon or Marseille with this number."""
        first = {"75056": 75100, "69123": 69380, "13055": 13200}.get(commune)
        return self.get(str(first + number)) if first else None

    def get(self, code: str) -> Place | None:
        """Returns the commune, district or EPCI with this code."""
        number = self._by_code.get(code)
        return None if number is None else self._all[number]

    def departement(self, code: str) -> Place | None:
        """Returns the département with this number ("35", "2A", "974")."""
        return self.get(f"d{code.upper()}")

    def begins_name(self, word: str) -> bool:
        """Decides whether a name begins with the folded ``word``."""
        return word in self.longest or word in self._departements_begin

    def departement_named(self, key: str) -> str | None:
        """Returns the number of the département with this folded name."""
        return self._departements.get(key)

    def nearest(self, key: str, departement: str | None = None) -> tuple[Place, ...]:
        """Returns the places whose name is nearest to the misspelt ``key``; the largest first among equally near ones."""
        max_slips = 0 if len(key) < _SHORTEST_MISSPELT else 1 if len(key) < _TWO_SLIPS_FROM else 2
        if not max_slips:
            return ()
        near = process.extract(key, self._misspelt.get(key[0], ()), scorer=OSA.distance, score_cutoff=max_slips, limit=6)
        matches = [
            (distance, place)
            for name, distance, _ in near
            for place in self.with_name(name)
            if departement in (None, place.departement) and place.population >= _MISSPELT_FROM
        ]
        if not matches:
            return ()
        best = min(distance for distance, _ in matches)
        nearest = {place for distance, place in matches if distance == best}
        return (max(nearest, key=lambda place: place.population),)


def load(file: Path, more: Iterable[str] = ()) -> Places:
    """Returns the places of ``file``, or of the project's own list if it is missing, with the lines of ``more``."""
    text = (file if file.is_file() else OWN).read_text(encoding="utf-8")
    return Places([*text.splitlines(), *more])


def _append(table: dict[str, int | tuple[int, ...]], key: str, number: int) -> None:
    numbers = table.get(key)
    if numbers is None:
        table[key] = number
    else:
        before = (numbers,) if isinstance(numbers, int) else numbers
        if number not in before:
            table[key] = (*before, number)


def _places_at(places: Sequence[Place], numbers: int | tuple[int, ...] | None) -> list[Place]:
    if numbers is None:
        return []
    return [
        places[number] if number >= 0 else places[~number]._replace(population=0)
        for number in ((numbers,) if isinstance(numbers, int) else numbers)
    ]
