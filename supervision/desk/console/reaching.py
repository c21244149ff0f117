"""The line at the console: what citizens are told now about reaching a person, and why."""

from __future__ import annotations

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
class Reaching:
    """What is told at one moment. ``key``: of the line in ``words.yml``. ``responses``: the texts of ``domain.yml``."""

    key: str
    responses: tuple[str, ...]
    values: Mapping[str, str]


class ReachingLine(BaseModel):
    """``line``: in the words of staff. ``said``: the sentences that citizens read on the website."""

    line: str
    said: str


def reaching(settings: Settings, moment: datetime, language: str) -> Reaching:
    """Returns what a citizen who asks for a person is told at ``moment``, as ``request_for_human.py`` decides."""
    opening, staffed = settings.opening, settings.desk_staffed
    if staffed and opening.is_open(moment):
        closes = opening.closing(moment)
        values = {"time": day_and_time(closes, language)[1]} if closes else {}
        return Reaching("reach_waits" if closes else "reach_waits_always", ("utter_handoff_waiting",), values)
    back = opening.next_opening(moment)
    offer = ("utter_offer_call_back",) if back else ()
    if not staffed:
        return Reaching("reach_unstaffed", ("utter_reach_human", *offer), {})
    if back is None:
        return Reaching("reach_never", ("utter_reach_human",), {})
    day, time = day_and_time(back, language)
    key = "reach_holiday" if opening.is_holiday_closing(moment) else "reach_closed"
    return Reaching(key, ("utter_handoff_offline", *offer), {"day": day, "time": time})


def said_to_citizens(wording: Wording, settings: Settings, told: Reaching, language: str) -> str:
    """Returns the sentences of ``told`` as the website gives them."""
    values = {"contact": settings.contact, **told.values}
    texts = tuple(TextBlock(text=wording.text(name, language=language, **values)) for name in told.responses)
    blocks = with_relay(texts, wording, {}, channel="web", language=language)
    return "\n".join(block.text for block in blocks if isinstance(block, TextBlock))


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter(prefix="/api/desk/console")
    settings, wording = services.deps.settings, services.deps.wording

    @routes.get("/reaching")
    async def line(request: Request, staff: Supervisor) -> ReachingLine:
        """Returns what citizens are told now about reaching a person, in the language of ``staff``."""
        words = shell_of(request).words
        told = reaching(settings, now(), staff.language)
        return ReachingLine(
            line=words.text("console", told.key, staff.language, told.values),
            said=said_to_citizens(wording, settings, told, staff.language),
        )

    return routes
