"""SMS by any HTTP provider that a YAML file describes (``description``): field names, formats, authentication, codes."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import httpx
import orjson
from lxml import etree

from channels.sms.encoding import is_gsm7
from channels.sms.providers.calling import call
from channels.sms.providers.description import Authentication, Description, Format, IncomingRequest
from channels.sms.providers.forms import form_fields, international, only, query_fields
from conversations.ports import (
    DeliveryReceipt,
    InboundMessage,
    InboundPart,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    Parsed,
    RawRequest,
    SendFailed,
    SendReceipt,
)
from core.secrets import is_one_of

_ID = re.compile(r"[\w.:\-]{1,64}")
_COUNT = re.compile(r"[1-9][0-9]{0,2}")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class GenericAccount:
    """The account, in the description's terms. ``also``: the second secret, accepted while it changes."""

    account: str
    secret: str
    sender: str
    also: str = ""


class Generic:
    """A ``Channel``."""

    def __init__(self, account: GenericAccount, description: Description, http: httpx.AsyncClient, *, public_url: str) -> None:
        self.name = description.name
        self.acknowledgement = description.acknowledge
        self._account = account
        self._description = description
        self._http = http
        self._callback = f"{public_url.rstrip('/')}/webhooks/sms/{self.name}/status"

    def verify(self, request: RawRequest) -> None:
        """Raises ``InvalidSignature`` unless the request has the account's secret in the described way."""
        incoming = self._incoming(request)
        if incoming is None or request.method != incoming.method or not self._account.secret:
            raise InvalidSignature("not described, or no secret to check with")
        try:
            shown = _shown(incoming.authentication, request)
        except MalformedRequest as error:
            raise InvalidSignature("no fields") from error
        secrets = [secret for secret in (self._account.secret, self._account.also) if secret]
        if not is_one_of(shown, [self._expected(incoming.authentication, request, secret) for secret in secrets]):
            raise InvalidSignature("wrong secret or signature")

    def parse(self, request: RawRequest) -> Parsed:
        """Returns a message, a part of one, or (on the status path) a receipt. Raises ``MalformedRequest`` naming the field."""
        incoming = self._incoming(request)
        if incoming is None:
            raise MalformedRequest("path")
        document, names = _document(request, incoming.format), incoming.fields
        identifier = _at(document, names.id)
        if not _ID.fullmatch(identifier):
            raise MalformedRequest(names.id)
        if request.path.endswith("/status"):
            status = incoming.states.get(_at(document, names.status), "sending")
            error = _at(document, names.error)[:64] if status in ("failed", "expired") else ""
            number, count = _at(document, names.recipient), _at(document, names.segments)
            recipient = international(number, names.recipient) if number else ""
            segments = int(count) if _COUNT.fullmatch(count) else 0
            return DeliveryReceipt(identifier, status, error, provider=self.name, recipient=recipient, segments=segments)
        message = InboundMessage(
            external_id=identifier,
            sender=international(_at(document, names.sender), names.sender),
            recipient=_at(document, names.recipient),
            text=_at(document, names.text).replace("\x00", ""),
        )
        total = _at(document, names.total)
        if total in ("", "0", "1"):
            return message
        part = _at(document, names.part)
        if not (_COUNT.fullmatch(part) and _COUNT.fullmatch(total) and int(part) <= int(total)):
            raise MalformedRequest(names.part)
        return InboundPart(message, _at(document, names.reference)[:16], int(part), int(total))

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Sends a message. Raises ``SendFailed`` if it was surely not accepted; another exception if that is unknown."""
        sending = self._description.send
        response = await call(self._http, sending.method, sending.url, **self._request(reply))
        document = _answer(response, sending.answer)
        code = _at(document, sending.code) if sending.code else str(response.status_code)
        if response.is_client_error or (sending.success and code not in sending.success):
            account = code in sending.account or response.status_code in (401, 403)
            raise SendFailed(code[:64] or str(response.status_code), permanent=code not in sending.transient, account=account)
        identifier, count = _at(document, sending.message_id), _at(document, sending.segments)
        if not _ID.fullmatch(identifier):
            raise httpx.RemoteProtocolError("the answer has no message id")
        return SendReceipt(identifier, "sent", int(count) if count.isdecimal() else 0)

    def _incoming(self, request: RawRequest) -> IncomingRequest | None:
        return self._description.receipt if request.path.endswith("/status") else self._description.message

    def _expected(self, authentication: Authentication, request: RawRequest, secret: str) -> str:
        if authentication.kind == "token":
            return authentication.prefix + secret
        if authentication.kind == "basic":
            return "Basic " + base64.b64encode(f"{self._account.account}:{secret}".encode()).decode()
        signed = request.query.encode() if request.method == "GET" else request.body
        digest = hmac.new(secret.encode(), signed, getattr(hashlib, authentication.algorithm)).digest()
        text = digest.hex() if authentication.encoding == "hex" else base64.b64encode(digest).decode()
        return authentication.prefix + text

    def _request(self, reply: OutboundMessage) -> dict[str, Any]:
        sending, account = self._description.send, self._account
        values = {
            "to": reply.recipient,
            "to_bare": reply.recipient.removeprefix("+"),
            "text": reply.text,
            "sender": account.sender,
            "account": account.account,
            "secret": account.secret,
            "id": reply.id,
            "callback": self._callback,
        }
        arguments: dict[str, Any] = {"headers": {}}
        if isinstance(sending.template, str):
            filled = _fill(sending.template, {name: escape(value, {'"': "&quot;"}) for name, value in values.items()})
            arguments |= {"content": filled.encode(), "headers": {"Content-Type": "application/xml; charset=utf-8"}}
        else:
            template = sending.template | ({} if is_gsm7(reply.text) else sending.unicode)
            fields = {name: _fill(value, values) for name, value in template.items()}
            arguments["params" if sending.method == "GET" else "json" if sending.format == "json" else "data"] = fields
        shown = sending.authentication
        if shown is not None and shown.kind == "basic":
            arguments["auth"] = (account.account, account.secret)
        elif shown is not None and shown.kind == "token":
            arguments["headers"] |= {shown.header or "Authorization": shown.prefix + account.secret}
        return arguments


def _shown(authentication: Authentication, request: RawRequest) -> str:
    if authentication.kind == "basic":
        return request.headers.get("authorization", "")
    if authentication.header:
        return request.headers.get(authentication.header.lower(), "")
    fields = query_fields(request) if request.method == "GET" or request.query else form_fields(request)
    return only(fields, authentication.parameter) or ""


def _document(request: RawRequest, format_: Format) -> Any:
    if request.method == "GET":
        return query_fields(request)
    if format_ == "form":
        return form_fields(request)
    try:
        return orjson.loads(request.body) if format_ == "json" else _xml(request.body)
    except (orjson.JSONDecodeError, etree.XMLSyntaxError, ValueError) as error:
        raise MalformedRequest("body") from error


def _answer(response: httpx.Response, format_: str) -> Any:
    if format_ == "text":
        return [("", response.text.strip())]
    try:
        return response.json() if format_ == "json" else _xml(response.content)
    except (ValueError, etree.XMLSyntaxError):
        if response.is_client_error:
            return {}  # the status is enough
        raise


def _xml(body: bytes) -> etree._Element:
    """Returns the root element of an untrusted body: without entities, network or huge trees."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    return etree.fromstring(body, parser)


def _at(document: Any, path: str) -> str:
    """Returns the text at ``path`` in fields, JSON or XML; empty if there is none. A repeated field: ``MalformedRequest``."""
    if isinstance(document, etree._Element):
        return (document.findtext(path.replace(".", "/")) or "").strip() if path else ""
    if isinstance(document, list) and all(isinstance(pair, tuple) for pair in document):
        return only(document, path) or ""
    value: Any = document
    for step in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, Sequence) and not isinstance(value, str) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ""
    return str(value) if path and isinstance(value, str | int | float) else ""


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)
