"""Who may see and change integrators' access: administrators, as with accounts."""

from typing import Annotated

from fastapi import Depends

from core.identity import Right, Staff
from desk import signed_in
from desk.access import confirmed

Administrator = Annotated[Staff, Depends(signed_in(Right.MANAGE_STAFF))]
Confirmed = Annotated[Staff, Depends(confirmed(Right.MANAGE_STAFF))]
