"""The description of an HTTP provider, written in YAML by an administration (``docs/guides/sms-operators.md``)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversations.ports import DeliveryStatus
from core.yaml_text import load as load_yaml

Format = Literal["form", "json", "xml"]


class InvalidDescription(ValueError):
    """The file is no valid description. The message says where and why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Authentication(_Part):
    """The authentication of a request.

    ``hmac``: ``header`` holds the keyed digest of the body (of the query string of a GET); ``token``: ``header``, or the field
    ``parameter``, holds the secret itself; ``basic``: HTTP Basic with account and secret.
    """

    kind: Literal["hmac", "token", "basic"]
    header: str = ""
    parameter: str = ""
    prefix: str = ""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"


class Fields(_Part):
    """Positions of values: a field's name, or a dotted path into JSON (``results.0.id``) and XML (tag names)."""

    id: str
    sender: str = ""
    recipient: str = ""
    text: str = ""
    status: str = ""
    error: str = ""
    part: str = ""
    total: str = ""
    reference: str = ""
    segments: str = ""


class IncomingRequest(_Part):
    """A request from the provider. ``states``: its delivery states → ours."""

    method: Literal["POST", "GET"] = "POST"
    format: Format = "form"
    authentication: Authentication
    fields: Fields
    states: dict[str, DeliveryStatus] = Field(default_factory=dict)


class Sending(_Part):
    """The request that sends a message. ``template``: the fields (an XML document if ``format`` is xml).

    Placeholders: ``{to}`` (E.164), ``{to_bare}`` (without +), ``{text} {sender} {account} {secret} {id} {callback}``.
    ``unicode`` is added if the text is not GSM-7. ``code`` is the position of the result in the answer; ``success`` lists the
    codes of success, ``transient`` those that may be tried again, ``account`` those that concern the account.
    """

    method: Literal["POST", "GET"] = "POST"
    url: str
    format: Format = "form"
    authentication: Authentication | None = None
    template: dict[str, str] | str
    unicode: dict[str, str] = Field(default_factory=dict)
    answer: Literal["json", "xml", "text"] = "json"
    code: str = ""
    success: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    message_id: str
    segments: str = ""


class Description(_Part):
    """A provider: ``message`` and ``receipt`` come in, ``send`` goes out; ``acknowledge`` is the answer that it expects."""

    name: str = Field(pattern="^[a-z][a-z0-9-]{1,31}$")
    message: IncomingRequest
    receipt: IncomingRequest | None = None
    send: Sending
    acknowledge: str = ""

    @classmethod
    def load(cls, path: Path) -> Description:
        """Reads the file at ``path``. Raises ``InvalidDescription``."""
        try:
            return cls.model_validate(load_yaml(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError) as error:
            raise InvalidDescription(f"{path}: {error}") from error
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise InvalidDescription(f"{path}: {wrong}") from error
