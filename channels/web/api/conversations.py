"""Beginning a conversation, opening it again by the link in an e-mail, changing its language, erasing it."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import update

from channels.http.deps import Deps
from channels.http.origins import allowed_site, site_of
from channels.http.rate_limiting import RETRY_SECONDS
from channels.http.security import Caller, bearer_token, shows_secret
from channels.web.api.resource import RequestBody, resource
from conversations.record.erasure import erase
from conversations.record.opening import open_conversation
from conversations.signing import BadToken
from core.database.models import Conversation
from core.languages import PanelLanguage
from core.privacy.receipts import receipt_of
from core.problems import Problem
from core.turns import Origin

RECEIPT = "Guichet-Receipt"


class Opening(RequestBody):
    """``origin`` marks conversations of our own tools; it requires the internal secret."""

    language: PanelLanguage | None = None
    origin: Origin | None = None


class Opened(BaseModel):
    """Send ``token`` as ``Authorization: Bearer`` from now on, and never put it into an address."""

    conversation: str
    token: str
    language: str


class Link(RequestBody):
    """``code``: what follows ``#`` in the link of an e-mail."""

    code: str = Field(max_length=500)


class Language(RequestBody):
    language: PanelLanguage


def router(deps: Deps) -> APIRouter:
    routes = resource()

    @routes.post("/conversations", status_code=201)
    async def begin(request: Request, opening: Opening | None = None) -> Opened:
        opening = opening or Opening()
        trusted = shows_secret(deps, request)
        if opening.origin not in (None, Origin.CITIZEN) and not trusted:
            raise Problem(403, "gateway_bad_request")
        site = site_of(deps.settings, request)
        if len(site) > 250 or not allowed_site(deps.settings, site):
            raise Problem(403)
        host = request.client.host if request.client else ""
        if not trusted and not await deps.limits.allow_opening(host, request.headers.get("origin", "")):
            raise Problem(429, retry_seconds=RETRY_SECONDS)
        language, origin = opening.language or deps.settings.default_language, opening.origin or Origin.CITIZEN
        async with deps.database.write(brief=True) as session:
            conversation = open_conversation(session, channel="web", language=language, origin=origin)
        return Opened(conversation=conversation.id, token=deps.signing.token(conversation.id, site), language=language)

    @routes.post("/conversations/reopened", status_code=201)
    async def reopen(request: Request, link: Link) -> Opened:
        """Returns a token of the conversation that a link opens, for our own pages only. 404 if it is no longer valid.

        The token ends with the link, unless the caller shows one of the same conversation that lasts longer.
        """
        try:
            identifier, token = deps.signing.exchange_link(link.code, bearer_token(request) or "")
            current = await deps.reply_reader.read(identifier)
        except BadToken:
            current = None
        site = site_of(deps.settings, request)
        if current is None or site:
            raise Problem(404, "gateway_link_expired")
        conversation = current.conversation
        return Opened(conversation=conversation.id, token=token, language=conversation.last_language)

    @routes.post("/language", status_code=204)
    async def speak(body: Language, conversation: Caller) -> Response:
        async with deps.database.write(brief=True) as session:
            # By a statement: an object would restore a conversation that was erased since it was looked up.
            statement = update(Conversation).where(Conversation.id == conversation.id).returning(Conversation.id)
            changed = await session.execute(statement.values(language=body.language, spoken=None))
            if changed.first() is None:
                raise Problem(401)
        return Response(status_code=204)

    @routes.delete("/conversations/current", status_code=204)
    async def forget(conversation: Caller) -> Response:
        await erase(deps.database, deps.event_bus, deps.engine, conversation.id)
        # In a header: a page that cannot show it still works.
        return Response(status_code=204, headers={RECEIPT: receipt_of(conversation.id)})

    return routes
