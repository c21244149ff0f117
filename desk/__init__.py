"""The shell shared by both desks: sign-in, access, pages, navigation. Imports ``core`` only.

A desk is made of parts. A part is a folder (``knowledge_base/desk/``, ``supervision/desk/``) with

- ``part(...) -> desk.Part``: its router, navigation items, limits for uploads, alerts for staff, and the numbers of
  their start page;
- ``words.yml``: all texts for staff, ``key: {fr: …, en: …}``; ``say("key", name=…)`` fills ``{name}``;
- ``templates/*.html``, which extend ``desk/base.html`` and are named ``PART/x.html``;
- ``static/``: ES modules and CSS, served at ``/desk/static/PART/x``. No inline script or style; Trusted Types.

and one line in ``cli/gateway.py``. Its routes name the right that they require, and receive the member of staff::

    @routes.get("/desk/entries", include_in_schema=False)
    async def entries(request: Request, staff: Annotated[Staff, Depends(signed_in(Right.READ_ENTRIES))]) -> Response:
        return render(request, staff, "editor/entries.html", rows=rows)

    @routes.websocket("/api/desk/socket")
    async def socket(websocket: WebSocket) -> None:
        async with signed_in_socket(websocket, Right.HANDLE_CONVERSATIONS) as staff:
            ...  # cancelled, and the socket closed with 4401, within 5 s of the end of the session or the right

The browser of a stranger is redirected to ``/desk/sign-in``. Other requests without a session get 401, and requests without the
right 403. Unsafe methods require the session's form token, in the field ``csrf`` (``{{ csrf_field }}``) or the header
``X-CSRF-Token``, and one of our origins. ``back("/desk/x", "key")`` redirects after a change, and that page shows the word
``key``; after ``back("/desk/x", failed="key")`` it shows why nothing was changed.
"""

from desk.access import SignedOut, signed_in, signed_in_socket
from desk.pages import back, render
from desk.parts import Alert, Figure, Item, Part

__all__ = ["Alert", "Figure", "Item", "Part", "SignedOut", "back", "render", "signed_in", "signed_in_socket"]
