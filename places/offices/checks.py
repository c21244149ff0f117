"""What is wrong with an office: faults that prevent a change at the desk, and reasons to look at a record again. Pure."""

import re
from datetime import date, datetime, timedelta

from places.hours.schedule import HoursUnreadable, Schedule
from places.offices.edits import StoredOffice
from places.offices.errors import sentence
from places.offices.kinds import kinds
from places.offices.office import Office

_DAYS_OF_A_MONTH = 30.5
_PHONE = re.compile(r"\+?\d[\d .()-]{1,24}")
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63}){1,8}")
_CODE = re.compile(r"\d[\dAB]\d{3}")


def faults(office: Office, moment: datetime) -> list[tuple[str, str]]:
    """Returns the field and the code of each fault of ``office``; none if citizens may get it."""
    found = []
    if office.kind not in kinds():
        found.append(("kind", "kind"))
    if not office.address:
        found.append(("address", "missing"))
    if office.hours and (code := hours_fault(office, moment)):
        found.append(("hours", code))
    if office.phone and not _PHONE.fullmatch(office.phone):
        found.append(("phone", "phone"))
    if office.email and not _MAIL.fullmatch(office.email):
        found.append(("email", "email"))
    if office.website and not office.website.startswith(("https://", "http://")):
        found.append(("website", "website"))
    if not all(_CODE.fullmatch(code) for code in office.serves):
        found.append(("serves", "serves"))
    return found


def hours_fault(office: Office, moment: datetime) -> str:
    """Returns ``hours`` if the hours cannot be read, ``never`` if they never open from ``moment`` (aware) on, else nothing."""
    try:
        return "never" if Schedule(office.hours, office.departement).status(moment).now == "never" else ""
    except HoursUnreadable:
        return "hours"


def reasons(stored: StoredOffice, moment: datetime, old_after_months: int) -> list[str]:
    """Returns why the record that citizens get must be looked at again: it is broken or old, or the directory says otherwise.

    Codes: those of ``faults``, ``no_hours``, ``no_contact``, ``old``, ``changed`` and ``left`` (no longer in the directory).
    """
    office = stored.used
    if office is None:
        return []
    found = [code for _, code in faults(office, moment)]
    if not office.hours and not office.hours_note:
        found.append("no_hours")
    if not office.phone and not office.email:
        found.append("no_contact")
    oldest = moment.date() - timedelta(days=old_after_months * _DAYS_OF_A_MONTH)
    if (office.verified_on or date.min) < oldest:
        found.append("old")
    if stored.edited and stored.base is not None and stored.base != stored.imported:
        found.append("left" if stored.imported is None else "changed")
    return found


def reason_sentence(code: str) -> tuple[str, str]:
    """Returns a reason in French and English."""
    return sentence(f"task_{code}")
