"""Access to the editor's desk: dependencies of routes, by the rights that they need."""

from typing import Annotated

from fastapi import Depends

from core.identity import Right, Staff
from desk import signed_in

Reader = Annotated[Staff, Depends(signed_in(Right.READ_ENTRIES))]
Editor = Annotated[Staff, Depends(signed_in(Right.EDIT_ENTRIES))]
Publisher = Annotated[Staff, Depends(signed_in(Right.PUBLISH_ENTRIES))]
Exchanger = Annotated[Staff, Depends(signed_in(Right.EXCHANGE_ENTRIES))]
