"""The webhooks of SMS providers (``POST /webhooks/sms/{provider}``, ``…/status``). They answer once the message is recorded."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from conversations.intake.inbound import Inbound
from conversations.ports import Channel, InvalidSignature, RawRequest, is_simulated
from core.turns import Origin

_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'  # no reply in this response: the worker sends it


def router(inbound: Inbound, channels: Mapping[str, Channel]) -> APIRouter:
    """Returns the webhooks of ``channels``, by provider's name."""
    routes = APIRouter(prefix="/webhooks/sms", tags=["sms"])

    async def receive(provider: str, request: Request) -> Response:
        channel = channels.get(provider)
        if channel is None:
            raise InvalidSignature("no such provider")  # such a request cannot have a valid signature
        raw = RawRequest(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            # A header that comes twice counts as one with both values, which no signature is.
            headers={name.lower(): ", ".join(request.headers.getlist(name)) for name in request.headers},
            body=await request.body(),
        )
        await inbound.receive(channel, raw, origin=Origin.SIMULATOR if is_simulated(provider) else Origin.CITIZEN)
        answer = getattr(channel, "acknowledgement", None)
        return Response(_EMPTY_TWIML, media_type="text/xml") if answer is None else Response(answer, media_type="text/plain")

    @routes.get("/{provider}", include_in_schema=False)
    @routes.post("/{provider}")
    async def message(provider: str, request: Request) -> Response:
        """Takes in a citizen's SMS: 200 once the record has it, 403 without a valid signature, 422 if it is malformed."""
        return await receive(provider, request)

    @routes.get("/{provider}/status", include_in_schema=False)
    @routes.post("/{provider}/status")
    async def status(provider: str, request: Request) -> Response:
        """Takes in a delivery receipt for one of our SMS."""
        return await receive(provider, request)

    return routes
