"""The line at the console about the desk's availability: what a citizen who asks for a person is told now, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from conversations.additions.relay import with_relay
from conversations.wording import Wording
from core.database.base import now
from core.opening_hours import day_and_time
from core.settings import Settings
from core.turns import TextBlock
from desk.shell import shell_of
from supervision.desk.console.callers import Supervisor
from supervision.desk.console.services import ConsoleServices


@dataclass(frozen=True, slots=True)
class Availability:
    """The availability at one moment. ``key``: of the line in ``words.yml``. ``responses``: the texts of ``domain.yml``."""

    key: str
    responses: tuple[str, ...]
    values: Mapping[str, str]


class AvailabilityLine(BaseModel):
    """``line``: in the words of staff. ``said``: the sentences that citizens read on the website."""

    line: str
    said: str


def availability_at(moment: datetime, settings: Settings, language: str) -> Availability:
    """Returns the availability at ``moment``, as ``request_for_human.py`` decides."""
    opening, staffed = settings.opening, settings.desk_staffed
    if staffed and opening.is_open(moment):
        closes = opening.closing(moment)
        values = {"time": day_and_time(closes, language)[1]} if closes else {}
        return Availability("reach_waits" if closes else "reach_waits_always", ("utter_handoff_waiting",), values)
    back = opening.next_opening(moment)
    offer = (settings.offer_of_answer,) if back else ()
    if not staffed:
        return Availability("reach_unstaffed", ("utter_reach_human", *offer), {})
    if back is None:
        return Availability("reach_never", ("utter_reach_human",), {})
    day, time = day_and_time(back, language)
    key = "reach_holiday" if opening.is_holiday_closing(moment) else "reach_closed"
    return Availability(key, ("utter_handoff_offline", *offer), {"day": day, "time": time})


def sentences_for_citizens(wording: Wording, settings: Settings, availability: Availability, language: str) -> str:
    """Returns the sentences about ``availability`` as the website gives them."""
    values = {"contact": settings.contact, **availability.values}
    texts = tuple(TextBlock(text=wording.text(name, language=language, **values)) for name in availability.responses)
    blocks = with_relay(texts, wording, {}, channel="web", language=language)
    return "\n".join(block.text for block in blocks if isinstance(block, TextBlock))


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(prefix="/api/desk/console")
    settings, wording = services.deps.settings, services.deps.wording

    @routes.get("/reaching")
    async def line(request: Request, staff: Supervisor) -> AvailabilityLine:
        """Returns what citizens are told now about reaching a person, in the language of ``staff``."""
        words = shell_of(request).words
        availability = availability_at(now(), settings, staff.language)
        return AvailabilityLine(
            line=words.text("console", availability.key, staff.language, availability.values),
            said=sentences_for_citizens(wording, settings, availability, staff.language),
        )

    return routes
