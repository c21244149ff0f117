"""An office as a form sends and shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.text.visible import visible_line
from places.hours.written import osm_hours, written_hours
from places.offices.office import LONGEST_LINE, MOST_ADDRESSES, Office

# As they are in ``Office``.
LINES = ("name", "address", "postal_address", "hours_note", "phone", "email", "website", "appointment", "access")
# In their order on the page.
FIELDS = ("name", "kind", "commune", "address", "other_addresses", "postal_address", "hours", *LINES[3:], "serves")
_CODE = re.compile(r"\(([^()]*)\)\s*$")


class OfficeForm(BaseModel):
    """The fields of the page. ``seen``: the version shown. ``commune``: a name, postal code or INSEE code. ``verified``: the
    author has verified it all today.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field("", max_length=200)
    kind: str = Field("", max_length=64)
    commune: str = Field("", max_length=120)
    address: str = Field("", max_length=300)
    other_addresses: str = Field("", max_length=4_000)
    postal_address: str = Field("", max_length=300)
    hours: str = Field("", max_length=400)  # times may take twice the room in ``Office``
    hours_note: str = Field("", max_length=500)
    phone: str = Field("", max_length=60)
    email: str = Field("", max_length=254)
    website: str = Field("", max_length=500)
    appointment: str = Field("", max_length=500)
    access: str = Field("", max_length=300)
    serves: str = Field("", max_length=5_000)
    verified: bool = False
    seen: int = Field(0, ge=0, le=2**31 - 1)

    @classmethod
    def of(cls, office: Office | None, seen: int, language: str) -> OfficeForm:
        """Returns the form for an office before any change."""
        if office is None:
            return cls(seen=seen)
        values = {name: getattr(office, name) for name in (*LINES, "kind")}
        return cls(
            **values,
            commune=f"{office.commune_name} ({office.commune})",
            other_addresses="\n".join(office.other_addresses),
            hours=written_hours(office.hours, language),
            serves=" ".join(office.serves),
            seen=seen,
        )

    @property
    def commune_sought(self) -> str:
        """Returns what names the commune: the code in parentheses, if there is one."""
        code = _CODE.search(self.commune)
        return (code[1] if code else self.commune).strip()

    @property
    def addresses(self) -> list[str]:
        """Returns the other addresses: those on their lines."""
        return list(filter(None, map(visible_line, self.other_addresses.splitlines())))

    def office(self, before: Office | None, commune: tuple[str, str], source: tuple[str, str], today: date) -> Office:
        """Returns the office, cleaned; "?" stands for what an office must have. The rest is that of ``before``.

        ``source``: name and address of who says so now, instead of the directory.
        """
        values = {name: visible_line(getattr(self, name)) for name in LINES}
        kept: dict[str, Any] = {"id": before.id, "verified_on": before.verified_on} if before else {"id": "new"}
        if before and before.commune == commune[0]:
            kept |= {"postal_code": before.postal_code}
        if before and before.address == values["address"]:
            kept |= {"latitude": before.latitude, "longitude": before.longitude}
        return Office(
            **kept
            | values
            | {
                "name": values["name"] or "?",
                "kind": self.kind or "?",
                "commune": commune[0],
                "commune_name": commune[1],
                "other_addresses": tuple(one[:LONGEST_LINE] for one in self.addresses[:MOST_ADDRESSES]),
                "hours": osm_hours(self.hours),
                "serves": tuple(self.serves.upper().split()),
                "source": source[0][:100],
                "source_url": source[1],
            }
            | ({"verified_on": today} if self.verified else {})
        )


def form_of(given: Mapping[str, object]) -> OfficeForm:
    """Returns the form. Raises ``ValidationError`` for data that no page of the desk sends."""
    return OfficeForm.model_validate({name: value for name, value in given.items() if isinstance(value, str)})
