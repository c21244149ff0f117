"""A few communes and the demonstration's directory, without the npm package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.settings import ROOT
from places.communes.index import Places
from places.offices.directory_file import DirectoryFileWriter
from places.offices.office import Office
from places.offices.table import read_table
from places.place_data import PlaceData, PlaceDataLoader

LINES = (
    "departement\t35\tIlle-et-Vilaine\t35\t0\t\t",
    "departement\t93\tSeine-Saint-Denis\t93\t0\t\t",
    "departement\t23\tCreuse\t23\t0\t\t",
    "commune\t35238\tRennes\t35\t230000\t35000 35200 35700\t",
    "commune\t72181\tLe Mans\t72\t146000\t72000 72100\t",
    "commune\t38185\tGrenoble\t38\t156000\t38000 38100\t",
    "commune\t42218\tSaint-Étienne\t42\t173000\t42000\t",
    "commune\t93066\tSaint-Denis\t93\t149000\t93200 93210\t",
    "commune\t97411\tSaint-Denis\t974\t155000\t97400\t",
    "commune\t26362\tValence\t26\t64000\t26000\t",
    "commune\t82186\tValence\t82\t5000\t82400\t",
    "commune\t50129\tCherbourg-en-Cotentin\t50\t78000\t50100\tQuerqueville|Octeville",
    "commune\t80688\tRue\t80\t3000\t80120\t",
    "commune\t23050\tLa Creuse\t70\t100\t70240\t",
    "commune\t69123\tLyon\t69\t519000\t69001 69003\t",
    "district\t69383\tLyon 3e Arrondissement\t69\t100000\t69003\t69123",
    "district\t69381\tLyon 1er Arrondissement\t69\t29000\t69001\t69123",
    "epci\t243500139\tRennes Métropole\t35\t470000\t\t35238",
)
DEMONSTRATION = ROOT / "places" / "demonstration" / "offices.csv"


def places() -> Places:
    return Places(LINES)


def offices() -> list[Office]:
    return list(read_table(DEMONSTRATION.read_text(encoding="utf-8")))


def shelf_file(folder: Path, more: Sequence[Office] = ()) -> Path:
    file = folder / "places" / "offices.db"
    writer = DirectoryFileWriter(file, 1, "demonstration")
    writer.add([*offices(), *more])
    writer.close()
    return file


def communes_file(folder: Path) -> Path:
    file = folder / "places" / "communes.tsv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(LINES), encoding="utf-8")
    return file


def pages(folder: Path, own: Office | None = None, more: Sequence[Office] = ()) -> PlaceData:
    found = PlaceDataLoader(communes_file(folder), shelf_file(folder, more), lambda: own).load()
    assert found is not None
    return found
