"""Converts the npm package ``@etalab/decoupage-administratif`` to the one small file that is searched."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

PACKAGE = "@etalab/decoupage-administratif@6.0.0"
FILE_NAME = "etalab-decoupage-administratif-6.0.0.tgz"
SHA256 = "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a"
WANTED = re.compile(r"package/data/(communes|departements|epci)\.json$")
_MIN_ROWS = {"communes": 34_000, "departements": 100, "epci": 1_000}
_LEGAL_FORMS = {"CC": "Communauté de communes", "CA": "Communauté d'agglomération", "CU": "Communauté urbaine"}


class PackageIncomplete(ValueError):
    """The package has no communes, or has them in another format. The message says which."""


def convert(files: Iterable[tuple[str, bytes]]) -> str:
    """Returns the lines of ``communes.tsv`` (``places.communes.index``) from the package's ``files`` (name, content).

    Raises ``PackageIncomplete``.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    for name, content in files:
        if match := WANTED.search(name):
            try:
                parts[match[1]] = json.loads(content)
            except ValueError as error:
                raise PackageIncomplete(f"{match[1]}.json") from error
    for name, minimum in _MIN_ROWS.items():
        if len(parts.get(name, ())) < minimum:
            raise PackageIncomplete(f"{name}.json: {len(parts.get(name, ()))}")
    try:
        lines = [*_communes(parts["communes"]), *_departements(parts["departements"]), *_epci(parts["epci"])]
    except (KeyError, TypeError, AttributeError) as error:
        raise PackageIncomplete(f"{type(error).__name__} {error}") from error
    return "".join(f"{line}\n" for line in lines)


def _communes(rows: list[dict[str, Any]]) -> Iterable[str]:
    former: dict[str, list[str]] = {}
    for row in rows:
        if row["type"] in ("commune-deleguee", "commune-associee"):
            former.setdefault(row["chefLieu"], []).append(row["nom"])
    for row in rows:
        if row["type"] == "commune-actuelle":
            yield _line(
                "commune", row, "|".join(dict.fromkeys(one for one in former.get(row["code"], ()) if one != row["nom"]))
            )
        elif row["type"] == "arrondissement-municipal":
            yield _line("district", row, row["commune"])


def _line(kind: str, row: Mapping[str, Any], more: str) -> str:
    codes = " ".join(row.get("codesPostaux", ()))
    return "\t".join((kind, row["code"], row["nom"], row["departement"], str(row.get("population", 0)), codes, more))


def _departements(rows: list[dict[str, Any]]) -> Iterable[str]:
    for row in rows:
        yield "\t".join(("departement", row["code"], row["nom"], row["code"], "0", "", ""))


def _epci(rows: list[dict[str, Any]]) -> Iterable[str]:
    """Yields the rows of EPCI. The package does not say where their seat is: the département is that of the largest member,
    which also stands for the EPCI.
    """
    for row in rows:
        largest = max(row["membres"], key=lambda member: member.get("populationMunicipale") or 0)
        code = str(largest["code"])
        departement = code[:3] if code.startswith("97") else code[:2]
        form, _, rest = row["nom"].partition(" ")
        name = f"{_LEGAL_FORMS[form]} {rest}" if form in _LEGAL_FORMS else row["nom"]
        yield "\t".join(("epci", row["code"], name, departement, str(row.get("populationMunicipale") or 0), "", code))
