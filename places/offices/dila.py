"""The State's directory (DILA, "Référentiel de l'organisation administrative de l'État", JSON): local services.

https://www.data.gouv.fr/fr/datasets/service-public-fr-annuaire-de-ladministration-base-de-donnees-locales/
A field with a list is a JSON list or, in the directory's API, a string that contains a JSON list.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from places.hours.schedule import HoursUnreadable, Schedule
from places.offices.errors import DirectoryRefused, sentence
from places.offices.kinds import kind_of
from places.offices.office import MOST_ADDRESSES, Office
from places.words import folded

_SOURCE = "lannuaire.service-public.fr"
_DAYS = {
    "lundi": "Mo",
    "mardi": "Tu",
    "mercredi": "We",
    "jeudi": "Th",
    "vendredi": "Fr",
    "samedi": "Sa",
    "dimanche": "Su",
}
_CODE = re.compile(r"\d[\dAB]\d{3}")


def read_dila(text: str) -> Iterator[Office]:
    """Yields the local services of a file (``{"service": […]}`` or a list) that have a kind and a commune.

    Raises ``DirectoryRefused`` for a file that is cut off or in another format.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise DirectoryRefused(*sentence("not_json")) from error
    rows = content.get("service") or content.get("results") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DirectoryRefused(*sentence("not_the_directory"))
    for row in rows:
        if (office := _office(row)) is not None:
            yield office


def _office(row: Mapping[str, Any]) -> Office | None:
    pivots, addresses = _list(row, "pivot"), _list(row, "adresse")
    kind = next((str(pivot["type_service_local"]) for pivot in pivots if pivot.get("type_service_local")), "")
    postal = [one for one in addresses if one.get("type_adresse") == "Adresse postale"]
    visited = [one for one in addresses if one not in postal]
    address = next(iter(visited or postal), None)
    serves = [str(code) for pivot in pivots for code in _codes(pivot.get("code_insee_commune"))]
    commune = str(row.get("code_insee_commune") or (serves[0] if serves else ""))
    if not kind or address is None or not _CODE.fullmatch(commune) or not row.get("id"):
        return None
    hours, note = _hours(_list(row, "plage_ouverture"))
    return Office(
        id=str(row["id"])[:64],
        name=_text(row.get("nom"))[:200] or kind,
        kind=kind_of(kind),
        commune=commune,
        commune_name=_text(address.get("nom_commune"))[:100] or commune,
        postal_code=_text(address.get("code_postal"))[:10],
        address=_address(address),
        other_addresses=tuple(dict.fromkeys(map(_address, visited[1 : MOST_ADDRESSES + 1]))),
        postal_address=next(iter(map(_address, postal if visited else ())), ""),
        hours=hours,
        hours_note=(_text(row.get("commentaire_plage_ouverture")) or note)[:500],
        phone=_first(row, "telephone", "valeur")[:60],
        email=_email(row)[:254],
        website=_web(_first(row, "site_internet", "valeur")),
        appointment=_web(_first(row, "formulaire_contact", "valeur")) if "rendez-vous" in folded(note) else "",
        access=_text(address.get("note_accessibilite"))[:300]
        or {"ACC": "accessible"}.get(str(address.get("accessibilite")), ""),
        serves=tuple(dict.fromkeys(code for code in serves if code != commune and _CODE.fullmatch(code))),
        latitude=_degrees(address.get("latitude"), 90),
        longitude=_degrees(address.get("longitude"), 180),
        source=_SOURCE,
        source_url=_web(_text(row.get("url_service_public"))) or f"https://{_SOURCE}",
        verified_on=_day(row.get("date_modification")),
    )


def _list(row: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = row.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _codes(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value else []


def _text(value: object) -> str:
    return " ".join(str(value or "").split())


def _first(row: Mapping[str, Any], name: str, field: str) -> str:
    return next((_text(one[field]) for one in _list(row, name) if one.get(field)), "")


def _email(row: Mapping[str, Any]) -> str:
    value = row.get("adresse_courriel")
    return _text(value[0] if isinstance(value, list) and value else value if isinstance(value, str) else "").strip('[]"')


def _web(address: str) -> str:
    return address if address.startswith(("https://", "http://")) and len(address) <= 500 else ""


def _address(address: Mapping[str, Any]) -> str:
    street = [_text(address.get(name)) for name in ("complement1", "complement2", "numero_voie", "service_distribution")]
    town = f"{_text(address.get('code_postal'))} {_text(address.get('nom_commune'))}".strip()
    return ", ".join(part for part in (*street, town) if part)[:300]


def _degrees(value: object, most: int) -> float | None:
    """Returns a latitude or longitude; ``None`` if it is none."""
    try:
        degrees = float(str(value))
    except ValueError:
        return None
    return degrees if -most <= degrees <= most else None


def _hours(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """Returns the hours in OpenStreetMap's format, closed on public holidays, and the remarks; unreadable hours are left
    out.
    """
    rules: list[str] = []
    for row in rows:
        first = _DAYS.get(folded(_text(row.get("nom_jour_debut"))))
        last = _DAYS.get(folded(_text(row.get("nom_jour_fin")))) or first
        spans = [
            f"{start[:5]}-{end[:5]}"
            for number in (1, 2)
            if (start := _text(row.get(f"valeur_heure_debut_{number}")))
            and (end := _text(row.get(f"valeur_heure_fin_{number}")))
        ]
        if first and spans:
            rules.append(f"{first}-{last} {','.join(spans)}" if last != first else f"{first} {','.join(spans)}")
    note = "; ".join(dict.fromkeys(_text(row.get("commentaire")) for row in rows if row.get("commentaire")))
    # After a comma a rule adds to the rules before it, if a day stands in both; after a semicolon it would replace them.
    hours = f"{', '.join(rules)}; PH off" if rules else ""
    try:
        if hours:
            Schedule(hours)
    except HoursUnreadable:
        return "", note
    return hours, note


def _day(value: object) -> date | None:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(value)[:10], form).date()
        except ValueError:
            continue
    return None
