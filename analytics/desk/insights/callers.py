"""Who may read the insights, and the period and filters that a page is asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from analytics.desk.insights.scope import ScopeParameters
from core.identity import Right, Staff
from desk import signed_in

Reading = Annotated[Staff, Depends(signed_in(Right.READ_INSIGHTS))]
ScopeQuery = Annotated[ScopeParameters, Depends()]
