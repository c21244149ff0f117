"""The operator's page on the cost of SMS, in segments and euros: ``/desk/costs``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlalchemy import func, select

from analytics.desk.costs.figures import Costs, costs_of
from analytics.desk.costs.uncertain_deliveries import Decision, decide
from conversations.steps.sms_limits import REASONS
from core.database import Database
from core.database.models import Delivery
from core.identity import Right, Staff
from core.settings import Settings
from desk import Figure, Item, Part, back, render, signed_in

_PERIODS = (7, 30, 90)
_RIGHT = Right.HANDLE_CONVERSATIONS  # supervisors and administrators

Period = Annotated[int, Query(ge=1, le=366)]


def part(settings: Settings, database: Database) -> Part:
    """Returns the part with the page, and the same figures as JSON for programs."""
    routes = APIRouter()

    @routes.get("/desk/costs", include_in_schema=False)
    async def page(request: Request, staff: Annotated[Staff, Depends(signed_in(_RIGHT))], days: Period = 30) -> Response:
        costs = await costs_of(database, settings, days)
        return render(request, staff, "costs/costs.html", costs=costs, days=days, periods=_PERIODS, reasons=REASONS)

    @routes.get("/api/desk/costs")
    async def figures(staff: Annotated[Staff, Depends(signed_in(_RIGHT))], days: Period = 30) -> Costs:
        return await costs_of(database, settings, days)

    @routes.post("/desk/costs/deliveries/{seq}", include_in_schema=False)
    async def record_decision(
        seq: int, decision: Annotated[Decision, Form()], staff: Annotated[Staff, Depends(signed_in(_RIGHT))]
    ) -> Response:
        """Records the decision on a doubtful message: its real outcome, or to send it again."""
        async with database.write() as session:
            done = await decide(session, seq, decision, actor=staff.id)
        return back("/desk/costs", f"costs_said_{decision}") if done else back("/desk/costs", failed="costs_said_gone")

    async def doubtful(staff: Staff) -> Sequence[Figure]:
        if not staff.may(_RIGHT):
            return ()
        async with database.read() as session:
            count = await session.scalar(select(func.count()).select_from(Delivery).where(Delivery.status == "uncertain"))
        return (Figure("figure_doubtful", "/desk/costs", "figures", count or 0),)

    item = Item(key="costs_nav", path="/desk/costs", right=_RIGHT, group="figures", order=70)
    return Part(name="costs", folder=Path(__file__).parent, router=routes, items=(item,), figures=doubtful)
