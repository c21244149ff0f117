"""A provider's metadata: its addresses (OpenID Connect Discovery 1.0) and its keys (RFC 7517), cached for an hour."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import errors as jose
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from core.identity.errors import IdentityError
from core.web.tls_context import tls_context

_KEPT_SECONDS = 3600.0
_TIMEOUT = httpx.Timeout(10)
_LARGEST = 1_000_000  # bytes; a provider's response usually has some thousands


class Unusable(IdentityError):
    """The provider is unreachable, or its response does not follow the standard. ``reason`` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__("oidc_unreachable")
        self.reason = reason


class Metadata(BaseModel):
    """The fields of the discovery document that are used."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    code_challenge_methods_supported: tuple[str, ...] = ()
    # Defaults of the standard for a provider that says nothing.
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    claims_parameter_supported: bool = False
    authorization_response_iss_parameter_supported: bool = False

    @field_validator("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")
    @classmethod
    def _safe(cls, address: str) -> str:
        if address and not is_safe_address(address):
            raise ValueError("neither https:// nor on this machine")
        return address


def is_safe_address(address: str) -> bool:
    """Decides whether secrets may be sent to ``address``: by https, or within this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


class Provider:
    """The provider with the ``issuer`` from the settings. Everything else comes from its metadata."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._asking = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Returns the metadata. Raises ``Unusable``."""
        async with self._asking:
            if self._metadata is None or time.monotonic() - self._metadata[0] > _KEPT_SECONDS:
                found = self._read(await self._json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"))
                self._metadata = time.monotonic(), found
            return self._metadata[1]

    async def keys(self, *, fresh: bool = False) -> KeySet:
        """Returns its public keys. ``fresh``: they are fetched again, because a token names an unknown key."""
        address = (await self.metadata()).jwks_uri
        async with self._asking:
            if fresh or self._keys is None or time.monotonic() - self._keys[0] > _KEPT_SECONDS:
                document = await self._json(address)
                try:
                    self._keys = time.monotonic(), KeySet.import_key_set({"keys": document["keys"]})
                except (jose.JoseError, KeyError, TypeError, ValueError) as error:
                    raise Unusable(f"{address}: {error!r}") from error
            return self._keys[1]

    async def ask(self, method: str, address: str, **values: Any) -> httpx.Response:
        """Sends one request to the provider and returns the response; redirections are not followed. Raises ``Unusable``."""
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT, verify=tls_context()) as http:
                answer = await http.request(method, address, **values)
        except httpx.HTTPError as error:
            raise Unusable(f"{address}: {error!r}") from error
        if len(answer.content) > _LARGEST:
            raise Unusable(f"{address}: {len(answer.content)} bytes")
        return answer

    async def _json(self, address: str) -> dict[str, Any]:
        answer = await self.ask("GET", address)
        try:
            document = answer.json()
        except ValueError:
            document = None
        if answer.status_code != 200 or not isinstance(document, dict):
            raise Unusable(f"{address}: {answer.status_code} {answer.headers.get('content-type', '')}")
        return document

    def _read(self, document: dict[str, Any]) -> Metadata:
        try:
            found = Metadata.model_validate(document)
        except ValidationError as error:
            raise Unusable(f"discovery of {self.issuer}: {error}") from error
        if found.issuer != self.issuer:
            raise Unusable(f"discovery of {self.issuer} names another issuer: {found.issuer}")
        return found
