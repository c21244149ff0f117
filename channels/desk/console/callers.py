"""Who may use the console."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from core.identity import Right, Staff
from desk import signed_in

Supervisor = Annotated[Staff, Depends(signed_in(Right.HANDLE_CONVERSATIONS))]
Administrator = Annotated[Staff, Depends(signed_in(Right.MANAGE_SERVICE))]
