"""The reader of a page, and the period and filters in its address."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from analytics.insights.queries import Scope
from core.channels import CHANNELS
from core.identity import Right, Staff
from desk import signed_in

_DAYS = 28  # four whole weeks, so that every weekday counts equally
_MOST = 3 * 366


@dataclass(frozen=True, slots=True)
class ScopeParameters:
    """The parameters of the address. An invalid day is ignored, so that an old link still opens."""

    first: str = Query("", max_length=10)
    last: str = Query("", max_length=10)
    channel: str = Query("", pattern=f"^({'|'.join(CHANNELS)})?$")
    theme: str = Query("", max_length=128)

    def scope(self, today: date, origin: str) -> Scope:
        days = _day(self.first), _day(self.last)
        if days[0] and days[1] and days[0] > days[1]:  # chosen in the wrong order: the same days are meant
            days = days[1], days[0]
        last = min(days[1] or today, today)
        first = days[0] or last - timedelta(days=_DAYS - 1)
        first = max(min(first, last), last - timedelta(days=_MOST))
        return Scope(first, last, self.channel, self.theme.replace("\x00", ""), origin)


Reading = Annotated[Staff, Depends(signed_in(Right.READ_INSIGHTS))]
ScopeQuery = Annotated[ScopeParameters, Depends()]


def query_of(scope: Scope, **more: str) -> str:
    """Returns ``scope`` as the query of an address."""
    values = {"first": scope.first.isoformat(), "last": scope.last.isoformat(), "channel": scope.channel, "theme": scope.theme}
    return urlencode({name: value for name, value in (values | more).items() if value})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
