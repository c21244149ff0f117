"""The shell that both desks share: sign-in, access, pages, navigation. Imports ``core`` only.

A desk is made of parts. A part is a folder (``knowledge_base/desk/``, ``supervision/desk/``) with

- ``part(...) -> desk.Part``: its router, navigation items, how large its uploads may be, and what calls for whom;
- ``words.yml``: every word that staff read, ``key: {fr: …, en: …}``, ``{name}`` filled by ``say("key", name=…)``;
- ``templates/*.html``, which extend ``desk/base.html`` and are named ``PART/x.html``;
- ``static/``: ES modules and CSS, served at ``/desk/static/PART/x``. No inline script or style; Trusted Types.

and one line in ``cli/gateway.py``. Its routes say what they want, and get who asks::

    @routes.get("/desk/entries", include_in_schema=False)
    async def entries(request: Request, staff: Annotated[Staff, Depends(signed_in(Right.READ_ENTRIES))]) -> Response:
        return render(request, staff, "editor/entries.html", rows=rows)

    @routes.websocket("/api/desk/socket")
    async def socket(websocket: WebSocket) -> None:
        async with signed_in_socket(websocket, Right.HANDLE_CONVERSATIONS) as staff:
            ...  # cancelled, and the socket closed with 4401, within 5 s of the end of the session or of the right

A stranger's browser is sent to ``/desk/sign-in``; any other stranger gets 401, and whoever lacks the right 403. Unsafe methods
want the session's form token, in the field ``csrf`` (``{{ csrf_field }}``) or the header ``X-CSRF-Token``, and an origin of
ours. ``back("/desk/x", "key")`` redirects after a change and has the word ``key`` said there;
``back("/desk/x", failed="key")`` says there why nothing was changed.
"""

from desk.access import SignedOut, live, signed_in, signed_in_socket
from desk.pages import back, render
from desk.parts import Call, Item, Part

__all__ = ["Call", "Item", "Part", "SignedOut", "back", "live", "render", "signed_in", "signed_in_socket"]
