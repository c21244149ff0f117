"""The authorization code flow: sends a person to the provider, and learns from it who came back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc.jwk import KeySet

from core.identity.errors import IdentityError
from core.identity.oidc.provider import Metadata, Provider, Unusable
from core.identity.oidc.tokens import BadSignature, UnknownKey, Untrusted, claim, id_token_claims, signed_claims
from core.identity.vault import new_token
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in in progress, stored encrypted in the browser: its end must match it. ``next``: the page that the person wanted.

    ``language``: the one they read. ``refused``: the reason why it failed, and the values for its text; the sign-in is then
    over.
    """

    state: str
    nonce: str
    verifier: str
    next: str
    language: str
    refused: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> PendingSignIn:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Identity:
    """The person according to the provider. ``roles``: the claim named in the settings. ``id_token``: to sign out."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str
    roles: tuple[str, ...]
    id_token: str


class Client:
    """This service as a client of one provider. Raises ``Unusable``, ``Untrusted`` or ``IdentityError``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._callback = f"{settings.base_url}/desk/oidc/callback"
        self.provider = Provider(settings.oidc_issuer)

    async def begin(self, next_path: str, language: str, *, other: bool = False) -> tuple[str, PendingSignIn]:
        """Returns the provider's address for one sign-in, and the state to keep until the person comes back.

        Only announced parameters are sent: ProConnect refuses unknown ones. ``other``: the person must sign in again, as
        somebody else; every provider supports ``prompt`` (OpenID Connect Core 1.0, 15.1).
        """
        metadata = await self.provider.metadata()
        state, nonce, verifier = new_token(), new_token(), new_token()
        started = PendingSignIn(state, nonce, verifier, next=next_path, language=language)
        query = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self._callback,
            "scope": self._settings.oidc_scopes,
            "state": started.state,
            "nonce": started.nonce,
        }
        if other:
            query["prompt"] = "login"
        if "S256" in metadata.code_challenge_methods_supported:
            query |= {"code_challenge": _challenge(started.verifier), "code_challenge_method": "S256"}
        if levels := self._settings.oidc_acr_values.split():
            if metadata.claims_parameter_supported:
                query["claims"] = json.dumps({"id_token": {"acr": {"essential": True, "values": levels}}})
            else:
                query["acr_values"] = " ".join(levels)
        return _with_query(metadata.authorization_endpoint, query), started

    async def finish(self, started: PendingSignIn, code: str, issuer: str) -> Identity:
        """Exchanges ``code`` for the person's identity. ``issuer``: the response's parameter ``iss`` (RFC 9207), or empty."""
        metadata = await self.provider.metadata()
        if issuer != metadata.issuer and (issuer or metadata.authorization_response_iss_parameter_supported):
            raise Untrusted("iss: the answer comes from another provider")
        tokens = await self._exchange(metadata, started, code)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Untrusted("token endpoint: no ID token, or no access token")
        claims = await self._id_token(id_token, access_token, started.nonce)
        levels = self._settings.oidc_acr_values.split()
        if levels and claims.get("acr") not in levels:
            raise IdentityError("oidc_level")
        if metadata.userinfo_endpoint:
            claims |= await self._userinfo(metadata, access_token, claims["sub"])
        return self._identity(claims, id_token)

    async def end_address(self, id_token: str) -> str:
        """Returns the address at which the browser ends the provider's session; empty if the provider has none."""
        address = (await self.provider.metadata()).end_session_endpoint
        # ProConnect requires a state. Nothing changes here on return, so it would protect nothing.
        query = {"id_token_hint": id_token, "state": new_token()}
        back = f"{self._settings.base_url}/desk/oidc/signed-out"
        return _with_query(address, query | {"post_logout_redirect_uri": back}) if address else ""

    async def _exchange(self, metadata: Metadata, started: PendingSignIn, code: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._callback}
        if "S256" in metadata.code_challenge_methods_supported:
            form["code_verifier"] = started.verifier
        basic = None
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            basic = httpx.BasicAuth(self._client, self._secret)
        else:
            form |= {"client_id": self._client, "client_secret": self._secret}
        answer = await self.provider.ask("POST", metadata.token_endpoint, data=form, auth=basic)
        document = _object(answer)
        if answer.status_code == 400 and document.get("error") == "invalid_grant":
            raise IdentityError("oidc_stale")  # the code was already used, or is too old
        if answer.status_code != 200:
            raise Unusable(f"token endpoint: {answer.status_code} {str(document.get('error', ''))[:80]}")
        return document

    async def _id_token(self, token: str, access_token: str, nonce: str) -> dict[str, Any]:
        values: dict[str, Any] = {"issuer": self.provider.issuer, "client": self._client}
        values |= {"nonce": nonce, "access_token": access_token}
        return await self._checked("kid", lambda keys: id_token_claims(token, keys, **values))

    async def _checked(self, name: str, check: Callable[[KeySet], dict[str, Any]]) -> dict[str, Any]:
        """Returns the result of ``check`` with the provider's keys. If a token needs another key, they are fetched again, once.

        A provider with a single key need not name it in its tokens: then only the signature shows that it was changed.
        """
        try:
            return check(await self.provider.keys())
        except (UnknownKey, BadSignature):
            with suppress(UnknownKey):
                return check(await self.provider.keys(fresh=True))
        raise Untrusted(f"{name}: the provider does not publish this key")

    async def _userinfo(self, metadata: Metadata, access_token: str, subject: str) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {access_token}"}
        answer = await self.provider.ask("GET", metadata.userinfo_endpoint, headers=bearer)
        if answer.status_code != 200:
            raise Unusable(f"userinfo endpoint: {answer.status_code}")
        if answer.headers.get("content-type", "").startswith("application/jwt"):
            values: dict[str, Any] = {"issuer": self.provider.issuer, "client": self._client}
            claims = await self._checked("kid of userinfo", lambda keys: signed_claims(answer.text, keys, **values))
        else:
            claims = _object(answer)
        if claims.get("sub") != subject:
            raise Untrusted("sub: userinfo speaks of somebody else")
        return claims

    def _identity(self, claims: dict[str, Any], id_token: str) -> Identity:
        email = claims.get("email")
        family = claims.get("usual_name") or claims.get("family_name") or ""
        parts = f"{claims.get('given_name') or ''} {family}".strip()
        return Identity(
            issuer=self.provider.issuer,
            subject=str(claims["sub"]),
            email=email.strip().lower()[:254] if isinstance(email, str) else "",
            verified=claims.get("email_verified") is not False,  # ProConnect omits it: its identity providers verify it
            name=(parts or str(claims.get("name") or ""))[:120],
            roles=tuple(claim(claims, self._settings.oidc_role_claim)) if self._settings.oidc_role_claim else (),
            id_token=id_token,
        )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with_query(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {}
