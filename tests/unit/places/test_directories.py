"""Directories: the State's JSON, an administration's table, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from places.communes.package import PackageIncomplete, convert
from places.hours.schedule import Schedule
from places.offices.dila import read_dila
from places.offices.directory_file import DirectoryFile, nearest_office, state_of, version_of
from places.offices.errors import DirectoryRefused
from places.offices.record import check
from places.offices.table import read_table
from tests.unit.places.support import DEMONSTRATION, offices, shelf_file

SERVICE = {
    "id": "b1",
    "nom": "Mairie - Clairval",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["00001", "00009"]}],
    "code_insee_commune": "00001",
    "adresse": [
        {"type_adresse": "Adresse postale", "numero_voie": "BP 3", "code_postal": "00100", "nom_commune": "Clairval Cedex"},
        {
            "type_adresse": "Adresse",
            "numero_voie": "1 place du Tilleul",
            "code_postal": "00100",
            "nom_commune": "Clairval",
            "latitude": "48.11",
            "longitude": "?",
        },
    ],
    "plage_ouverture": [
        {
            "nom_jour_debut": "Lundi",
            "nom_jour_fin": "Vendredi",
            "valeur_heure_debut_1": "09:00:00",
            "valeur_heure_fin_1": "12:00:00",
            "valeur_heure_debut_2": "14:00:00",
            "valeur_heure_fin_2": "17:00:00",
            "commentaire": "Fermé en août",
        },
        {
            "nom_jour_debut": "Samedi",
            "nom_jour_fin": "Samedi",
            "valeur_heure_debut_1": "09:00:00",
            "valeur_heure_fin_1": "12:00:00",
        },
    ],
    "telephone": [{"valeur": "00 00 00 01 00", "description": ""}],
    "adresse_courriel": ["mairie@clairval.example"],
    "site_internet": [{"valeur": "javascript:alert(1)"}],
    "date_modification": "22/11/2026 15:00:10",
}


def test_read_dila_service_returns_office_with_hours_and_area() -> None:
    (office,) = read_dila(json.dumps({"service": [SERVICE]}))
    assert (office.kind, office.commune, office.serves) == ("mairie", "00001", ("00009",))
    assert office.address == "1 place du Tilleul, 00100 Clairval"
    assert office.hours == "Mo-Fr 09:00-12:00,14:00-17:00, Sa 09:00-12:00; PH off"
    assert (office.hours_note, office.phone, office.website) == ("Fermé en août", "00 00 00 01 00", "")
    assert office.verified_on == date(2026, 11, 22)
    assert (office.latitude, office.longitude) == (48.11, None)


def test_read_dila_day_in_two_rows_is_open_in_both() -> None:
    hours = {"valeur_heure_debut_1": "14:00:00", "valeur_heure_fin_1": "17:30:00"}
    rows = [
        {
            "nom_jour_debut": "Lundi",
            "nom_jour_fin": "Vendredi",
            "valeur_heure_debut_1": "09:00:00",
            "valeur_heure_fin_1": "12:30:00",
        },
        {"nom_jour_debut": "Mercredi", "nom_jour_fin": "Mercredi", **hours},
    ]
    (office,) = read_dila(json.dumps([{**SERVICE, "plage_ouverture": rows}]))
    assert [f"{opens:%H:%M}" for opens, _ in Schedule(office.hours).on(date(2026, 12, 2))] == ["09:00", "14:00"]


def test_read_dila_lists_written_as_json_returns_the_same() -> None:
    row = {name: json.dumps(value) if isinstance(value, list) else value for name, value in SERVICE.items()}
    assert list(read_dila(json.dumps([row]))) == list(read_dila(json.dumps([SERVICE])))


def test_read_dila_service_without_kind_or_commune_is_left_out() -> None:
    assert list(read_dila(json.dumps([{**SERVICE, "pivot": []}, {**SERVICE, "code_insee_commune": "?"}, {}]))) == []


@pytest.mark.parametrize("text", [json.dumps({"service": [SERVICE]})[:-20], '{"service": 3}', "[1, 2]", ""])
def test_read_dila_truncated_or_foreign_file_is_refused(text: str) -> None:
    with pytest.raises(DirectoryRefused):
        list(read_dila(text))


def test_read_table_of_demonstration_returns_offices_whose_hours_are_read() -> None:
    assert len(list(read_table(DEMONSTRATION.read_text(encoding="utf-8")))) == 28


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id,name\n1,Mairie\n", "kind"),
        ("id,name,kind,commune,commune_name,colour\n", "colour"),
        ("id,name,kind,commune,commune_name,hours\n1,M,mairie,35238,Rennes,matin\n", "hours"),
        ("id,name,kind,commune,commune_name\n1,M,mairie,35238\n", "Ligne 2"),
        ("id,name,kind,commune,commune_name\n1,M,mairie,352,Rennes\n", "commune"),
    ],
)
def test_read_table_with_a_fault_is_refused_with_its_place(text: str, named: str) -> None:
    with pytest.raises(DirectoryRefused, match=named):
        list(read_table(text))


def test_read_table_cut_inside_a_line_is_refused_or_loses_no_more_than_its_last_column() -> None:
    text = DEMONSTRATION.read_text(encoding="utf-8")
    last_comma = text.rstrip("\n").rindex(",")
    for end in range(text.index("caf,") + 1, len(text) - 1, 97):
        line = text[:end].rpartition("\n")[2]
        if end <= last_comma and line and line.count(",") < len(text.partition("\n")[0].split(",")) - 1:
            with pytest.raises(DirectoryRefused):
                list(read_table(text[:end]))


def test_check_of_doubled_empty_or_shrunken_directory_is_refused() -> None:
    known = offices()
    check(known, len(known))
    check(known, 9 * len(known))
    for wrong, before in (
        ([], 0),
        ([*known, *known], 26),
        (known[:2], 21),
        (known, 10 * len(known)),
        ([*known, *_copies(0.5)], 0),
    ):
        with pytest.raises(DirectoryRefused):
            check(wrong, before)


def _copies(share: float) -> list:  # type: ignore[type-arg]
    known = offices()
    return [office.model_copy(update={"id": f"{office.id}-2"}) for office in known[: int(share * len(known))]]


def test_shelf_of_directory_returns_offices_by_commune_area_and_departement(tmp_path: Path) -> None:
    file = shelf_file(tmp_path)
    shelf = DirectoryFile(file)
    assert version_of(file) == 1
    assert [office.id for office in shelf.in_commune("mairie", "00004")] == ["mairie-valdore"]
    assert [office.id for office in shelf.in_commune("caf", "00003")] == ["caf"]
    assert [office.id for office in shelf.in_commune("cpam", "00004")] == [
        "cpam-valdore"
    ]  # its own before the one that serves it
    assert len(shelf.in_departement("mairie", "00")) == 6
    assert shelf.in_commune("caf", "35238") == []
    shelf.close()


def test_file_without_names_is_read_until_it_is_written_again(tmp_path: Path) -> None:
    file = shelf_file(tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE directory DROP COLUMN form")
        for table in ("names", "name_words", "vocabulary"):
            connection.execute(f"DROP TABLE {table}")
    assert state_of(file) == (1, -1)
    directory_file = DirectoryFile(file)
    assert directory_file.names is None
    assert [office.id for office in directory_file.nearest("caf", "00", "00004")] == ["caf"]
    directory_file.close()


def test_shelf_of_the_version_before_is_read_until_it_is_written_again(tmp_path: Path) -> None:
    file = shelf_file(tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE directory DROP COLUMN form")
        for column in ("of_desk", "latitude", "longitude"):
            connection.execute(f"ALTER TABLE offices DROP COLUMN {column}")
        connection.execute("ALTER TABLE directory DROP COLUMN changes")
    assert state_of(file) == (1, -1)
    shelf = DirectoryFile(file)
    assert [office.id for office in shelf.in_commune("mairie", "00004")] == ["mairie-valdore"]
    assert (shelf.of_desk("mairie", "00004"), shelf.nearest("caf", "00", "00004")) == (None, [])
    shelf.close()


def test_version_of_a_file_that_is_no_shelf_is_none(tmp_path: Path) -> None:
    file = tmp_path / "offices.db"
    file.write_bytes(b"no database at all, but long enough to be taken for one by its size alone")
    assert version_of(file) is None
    assert version_of(tmp_path / "missing.db") is None


def test_convert_of_incomplete_package_is_refused() -> None:
    with pytest.raises(PackageIncomplete):
        convert([("package/data/communes.json", b"[]")])
    with pytest.raises(PackageIncomplete):
        convert([("package/data/communes.json", b"[")])


@pytest.mark.parametrize(
    ("kind", "position", "office"),
    [
        ("mairie", (46.53, 2.44), "mairie-valdore"),
        ("mairie", (46.64, 2.55), "mairie-montfleury"),
        ("france_services", (46.56, 2.6), "fs-valbourg"),
        ("mairie", (46.60, 3.10), "mairie-valbourg"),  # 35 km away
        ("mairie", (46.60, 3.40), None),  # 58 km
        ("mairie", (-46.60, 2.5), None),
        ("msa", (46.6, 2.5), None),
    ],
)
def test_nearest_office_of_a_position(tmp_path: Path, kind: str, position: tuple[float, float], office: str | None) -> None:
    file = shelf_file(tmp_path)
    assert nearest_office(file, kind, *position) == office
    assert nearest_office(tmp_path / "missing.db", kind, *position) is None


def test_read_dila_several_addresses_returns_those_to_visit_and_the_postal_one() -> None:
    street = {"numero_voie": "1 place du Marché", "code_postal": "00100", "nom_commune": "Clairval", "type_adresse": "Adresse"}
    annexe = street | {"complement1": "Annexe des Prés", "numero_voie": "4 rue du Moulin"}
    post = {"service_distribution": "BP 12", "code_postal": "00101", "nom_commune": "Clairval Cedex"}
    service = {
        "id": "m1", "nom": "Mairie", "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["00001"]}],
        "adresse": [post | {"type_adresse": "Adresse postale"}, street, annexe],
    }  # fmt: skip
    (office,) = read_dila(json.dumps({"service": [service]}))
    assert office.address == "1 place du Marché, 00100 Clairval"
    assert office.other_addresses == ("Annexe des Prés, 4 rue du Moulin, 00100 Clairval",)
    assert office.postal_address == "BP 12, 00101 Clairval Cedex"
    service["adresse"] = [post | {"type_adresse": "Adresse postale"}]
    (alone,) = read_dila(json.dumps({"service": [service]}))
    assert (alone.address, alone.other_addresses, alone.postal_address) == ("BP 12, 00101 Clairval Cedex", (), "")


def test_read_table_several_addresses_are_separated_by_a_bar() -> None:
    office = next(office for office in offices() if office.id == "mairie-clairval")
    assert office.other_addresses == ("Annexe des Prés : 4 rue du Moulin, 00100 Clairval-sur-Orbe",)
    assert office.postal_address == "BP 12, 00101 Clairval-sur-Orbe Cedex"
    row = "id,name,kind,commune,commune_name,other_addresses\nm,M,mairie,00001,C,A : 1 rue A | 2 rue B |"
    (read,) = read_table(row)
    assert read.other_addresses == ("A : 1 rue A", "2 rue B")
    with pytest.raises(DirectoryRefused):
        list(read_table(row + "x" * 301))
