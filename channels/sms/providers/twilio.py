"""SMS by Twilio: signed webhooks in (form-encoded POST), REST calls out.

Twilio signs the address and the concatenation of all names and values. The signature thus covers the characters, but not where
one field ends and the next begins: an attacker could split a captured request differently, with a message id moved into another
field, or the text cut short at a capital letter. So the fields at which that is possible must have their form, and none may
occur twice; otherwise the signature counts as wrong. Other fields are ignored: Twilio adds new ones without notice.
"""

import re
from dataclasses import dataclass

import httpx
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from channels.sms.providers.calling import call, code_of
from channels.sms.providers.cause import Cause
from channels.sms.providers.forms import E164, form_fields, matching, only
from conversations.ports import (
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    RawRequest,
    SendFailed,
    SendReceipt,
)

# Twilio's MessageStatus → ours. Others carry no news: "sending".
# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
STATUS: dict[str, DeliveryStatus] = {
    "accepted": "sending",
    "scheduled": "sending",
    "queued": "sending",
    "sending": "sending",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

# Temporary refusals: too many requests, too many messages waiting. Any other is final. 30001 and 30022 mostly come with a
# receipt. https://www.twilio.com/docs/api/errors/20429 (…/14107, /21611, /30001, /30022)
TRANSIENT = frozenset({"20429", "14107", "21611", "30001", "30022"})

# The number sent STOP, and Twilio keeps its own list: it has answered with its own confirmation (in English, unless the account
# has another) and takes nothing for that number, our confirmation neither, until the number sends START. Not billed.
# https://www.twilio.com/docs/api/errors/21610
STOPPED = "21610"

# Refusals that concern our account, not the recipient: another provider might accept the message. ``STOPPED`` is not among
# them: no provider may write to that number.
ACCOUNT = frozenset({"20003", "20005", "21408", "21606", "21608", "21659", "21660", "30002", "30034"})

# Codes of receipts that mean that Twilio or the network surely dropped the message for lack of capacity: it is sent again.
RETRYABLE = frozenset({"30001", "30022"})

# https://www.twilio.com/docs/api/errors
CAUSES: dict[str, Cause] = {
    "20003": "account",  # authentication failed
    "20005": "account",  # account not active
    "20429": "overload",  # too many requests
    "14107": "overload",  # send rate limit exceeded
    "21211": "unknown_number",  # invalid "To" number
    "21408": "account",  # no permission for that region
    "21606": "sender",  # "From" cannot send SMS
    "21608": "account",  # a trial account writes to verified numbers only
    STOPPED: "stopped",
    "21611": "overload",  # more than ten hours of messages wait
    "21612": "sender",  # no route from "From" to "To"
    "21614": "no_sms",  # "To" is no mobile number
    "21617": "malformed",  # too long
    "21659": "sender",  # "From" is not Twilio's
    "21660": "sender",  # "From" is not this account's
    "30001": "overload",  # queue overflow
    "30002": "account",  # account suspended
    "30003": "unreachable",  # unreachable destination handset
    "30004": "barred",  # message blocked
    "30005": "unknown_number",  # unknown destination handset
    "30006": "no_sms",  # landline or unreachable carrier
    "30007": "filtered",  # message filtered
    "30008": "unsaid",  # unknown error
    "30022": "overload",  # rate limits of the carriers in the United States
    "30034": "sender",  # unregistered number, for the United States
    "401": "account",
    "403": "account",
}

# What Twilio's list and ours must agree on, whichever word the account set for it ("STOP PUB"). HELP changes no list.
# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
_OPT_OUT_WORDS = ("STOP", "START")

_MESSAGE_ID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_ACCOUNT_ID = re.compile(r"AC[0-9a-f]{32}")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
# Twilio's fields from Body up to From in the order in which they are signed (the others are WhatsApp's): whatever else stands
# there may be the end of the text.
_AFTER_TEXT = re.compile(
    r"Body|Button(Payload|Text|Type)|Channel(InstallSid|Metadata|Prefix|ToAddress)|Forwarded|FrequentlyForwarded"
)
_ERROR = re.compile(r"[0-9]{1,10}")
_SEGMENTS = re.compile(r"[0-9]{1,2}")

STATUS_SUFFIX = "/status"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account. ``sender`` is a number (E.164) or a Messaging Service (MG…).

    ``also``: the second auth token, whose signatures are accepted while it changes.
    """

    sid: str
    auth_token: str
    sender: str
    base_url: str = "https://api.twilio.com"
    also: str = ""


class Twilio:
    """A ``Channel``. ``public_url`` is the address configured at Twilio: signatures are checked against it."""

    def __init__(self, account: TwilioAccount, http: httpx.AsyncClient, *, public_url: str, name: str = "twilio") -> None:
        self.name = name
        self._account = account
        self._http = http
        self._public_url = public_url.rstrip("/")
        self._validators = [RequestValidator(token) for token in (account.auth_token, account.also) if token]

    def verify(self, request: RawRequest) -> None:
        """Raises ``InvalidSignature`` unless Twilio signed this form for this address with the account's token."""
        signature = request.headers.get("x-twilio-signature", "")
        if not signature or not self._validators:
            raise InvalidSignature("no signature, or no token to check it with")
        try:
            fields = ImmutableMultiDict(form_fields(request))
        except MalformedRequest as error:
            raise InvalidSignature("not a form") from error
        address = self._public_url + request.path + (f"?{request.query}" if request.query else "")
        if not any(validator.validate(address, fields, signature) for validator in self._validators):
            raise InvalidSignature("wrong signature")
        try:
            _require_form(request)
        except MalformedRequest as error:
            raise InvalidSignature("cut anew") from error

    def parse(self, request: RawRequest) -> InboundMessage | DeliveryReceipt:
        """Returns a message, or (on the status path) a receipt. Raises ``MalformedRequest`` naming the field."""
        fields = form_fields(request)
        message_id = matching(fields, "MessageSid", _MESSAGE_ID)
        if matching(fields, "AccountSid", _ACCOUNT_ID) != self._account.sid:
            raise MalformedRequest("AccountSid")
        if request.path.endswith(STATUS_SUFFIX):
            return DeliveryReceipt(
                provider_message_id=message_id,
                status=STATUS.get(only(fields, "MessageStatus") or "", "sending"),
                error=matching(fields, "ErrorCode", _ERROR, optional=True),
                provider=self.name,
                recipient=matching(fields, "To", E164, optional=True),
                segments=int(matching(fields, "NumSegments", _SEGMENTS, optional=True) or 0),
            )
        text = (only(fields, "Body") or "").replace("\x00", "")  # without a Body it is only a picture
        kept_by_twilio = only(fields, "OptOutType") or ""  # Advanced Opt-Out took the message for one of the account's words
        return InboundMessage(
            external_id=message_id,
            sender=matching(fields, "From", E164),
            recipient=matching(fields, "To", E164),
            text=kept_by_twilio if kept_by_twilio in _OPT_OUT_WORDS else text,
        )

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Creates a message. Raises ``SendFailed`` if it was surely not created; another exception if that is unknown."""
        account = self._account
        sender = "MessagingServiceSid" if account.sender.startswith("MG") else "From"
        response = await call(
            self._http,
            "POST",
            f"{account.base_url.rstrip('/')}/2010-04-01/Accounts/{account.sid}/Messages.json",
            auth=(account.sid, account.auth_token),
            data={
                "To": reply.recipient,
                sender: account.sender,
                "Body": reply.text,
                "StatusCallback": f"{self._public_url}/webhooks/sms/{self.name}{STATUS_SUFFIX}",
            },
        )
        if response.is_success:
            return _receipt(response)
        code = code_of(response, "code")
        raise SendFailed(code, permanent=code not in TRANSIENT, account=code in ACCOUNT or response.status_code in (401, 403))


def _require_form(request: RawRequest) -> None:
    """Raises ``MalformedRequest`` if the signed characters may have been split otherwise than Twilio did."""
    fields = form_fields(request)
    message_id = matching(fields, "MessageSid", _MESSAGE_ID)
    matching(fields, "AccountSid", _ACCOUNT_ID)
    for older in ("SmsSid", "SmsMessageSid"):  # older names of the same id
        if only(fields, older) not in (None, "", message_id):
            raise MalformedRequest(older)
    if request.path.endswith(STATUS_SUFFIX):
        return
    matching(fields, "ApiVersion", _VERSION)  # else it may hold a text that is missing
    only(fields, "Body")
    for name, _ in fields:
        if "Body" <= name < "From" and not _AFTER_TEXT.fullmatch(name):
            raise MalformedRequest("Body")


def _receipt(response: httpx.Response) -> SendReceipt:
    answer = response.json()
    message_id, count = str(answer["sid"]), str(answer.get("num_segments") or "0")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise httpx.RemoteProtocolError("the answer has no message id")
    return SendReceipt(message_id, "sent", int(count) if count.isdecimal() else 0)
