"""The review's part of the desk: one reply at a time to judge, without seeing other verdicts; and the tasks that follow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from core.database.models import ReviewItem
from core.identity import Right, Staff
from core.identity.conversation_access import require
from core.problems import Problem
from core.web.row_numbers import LARGEST, RowNumber
from desk import Figure, Item, Part, render, signed_in
from desk.pages import back
from desk.shell import shell_of
from supervision.desk.deps import Deps
from supervision.review.correcting import Corrector
from supervision.review.judging import (
    KeepGolden,
    Opinion,
    Refused,
    ReviewItemView,
    conversation_of,
    get_item,
    judge,
    measure_agreement,
    next_item,
)
from supervision.review.tasks import CHECK_KINDS, open_tasks
from supervision.review.withdrawing import last_verdict, withdraw

Reviewing = Annotated[Staff, Depends(signed_in(Right.HANDLE_CONVERSATIONS))]


async def _judging(request: Request, staff: Annotated[Staff, Depends(signed_in())]) -> Staff:
    """Returns ``staff`` if they may judge the item of the path. Raises ``Denied`` (audited), or ``Problem`` 403."""
    database, item = shell_of(request).database, request.path_params["item"]
    known = item.isdecimal() and int(item) <= LARGEST  # the route refuses anything else
    conversation = await conversation_of(database, int(item)) if known else None
    if conversation is not None:
        await require(database, staff, conversation, "review")
    elif not staff.may(Right.HANDLE_CONVERSATIONS):
        raise Problem(403, "desk.desk_no_right")
    return staff


Judging = Annotated[Staff, Depends(_judging)]
_EMPTY_FIELDS = dict.fromkeys(("opinion", "entry", "note", "golden", "correction"), "")
_REPLY_CHARACTERS = 640  # the limit for a correction: as for a human's reply by SMS


def part(deps: Deps, golden: KeepGolden) -> Part:
    """Returns the part with the pages under ``/desk/review``. ``golden`` keeps a question as a golden one."""
    routes, text = APIRouter(include_in_schema=False), deps.renderers["web"]
    corrector = Corrector(deps.database, deps.event_bus, deps.wording, {"sms": deps.renderers["sms"]})

    async def page(request: Request, staff: Staff, shown: ReviewItemView | None, left: int, **more: Any) -> Response:
        return render(
            request,
            staff,
            "review/review.html",
            shown=shown,
            left=left,
            given=await last_verdict(deps.database, staff),
            opinions=[str(opinion) for opinion in Opinion],
            agreement=await measure_agreement(deps.database),
            tasks=await open_tasks(deps.database, without_kinds=CHECK_KINDS),
            longest=_REPLY_CHARACTERS,
            **({"error": ""} | more | {"said": _EMPTY_FIELDS | more.get("said", {})}),
        )

    @routes.get("/desk/review")
    async def next_review(request: Request, staff: Reviewing) -> Response:
        shown, left = await next_item(deps.database, staff, text)
        return await page(request, staff, shown, left)

    @routes.post("/desk/review/{item}/withdraw")
    async def withdraw_last(item: RowNumber, staff: Reviewing) -> Response:
        done = await withdraw(deps.database, item, staff.id)
        return back("/desk/review", "withdrawn") if done else back("/desk/review", failed="not_withdrawn")

    @routes.post("/desk/review/{item}")
    async def verdict(request: Request, item: RowNumber, staff: Judging) -> Response:
        form = await request.form()
        # Browsers count a line break as one character, and send it as two.
        fields = {name: str(value).replace("\x00", "").replace("\r\n", "\n").strip() for name, value in form.items()}
        try:
            opinion = Opinion(fields.get("opinion", ""))
        except ValueError:
            raise Problem(422, "review.no_opinion") from None
        try:
            await judge(
                deps.database,
                item,
                staff.id,
                opinion,
                entry=fields.get("entry", "")[:64],
                note=fields.get("note", "")[:2000],
                golden=golden if fields.get("golden") else None,
            )
        except Refused as refused:
            shown = await get_item(deps.database, item, text) if refused.reason == "no_entry" else None
            if shown is None:
                raise Problem(409, f"review.refused_{refused.reason}") from None
            _, left = await next_item(deps.database, staff, text)
            error = f"refused_{refused.reason}"
            return await page(request, staff, shown, left, error=error, said=fields, status=409)
        correction = fields.get("correction", "")[:_REPLY_CHARACTERS]
        if not correction:
            return back("/desk/review", "kept")
        async with deps.database.read() as session:
            reply = (await session.get_one(ReviewItem, item)).reply_id
        why = await corrector.correct(reply, correction, staff.id)
        return back("/desk/review", failed=f"correction_{why}") if why else back("/desk/review", "correction_sent")

    async def figures(staff: Staff) -> Sequence[Figure]:
        if not staff.may(Right.HANDLE_CONVERSATIONS):
            return ()
        _, left = await next_item(deps.database, staff, text)
        return (Figure("figure_left", "/desk/review", "citizens", left),)

    return Part(
        name="review",
        figures=figures,
        folder=Path(__file__).parent,
        router=routes,
        items=(Item(key="nav", path="/desk/review", right=Right.HANDLE_CONVERSATIONS, group="citizens", order=45),),
    )
