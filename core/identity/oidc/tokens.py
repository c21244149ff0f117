"""Verifies what a provider signed: OpenID Connect Core 1.0, 3.1.3.7 (ID token) and 5.3.2 (userinfo)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from joserfc import errors as jose
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from core.identity.errors import IdentityError

# Asymmetric only: with HS256, anyone who reads the client's secret could sign tokens, and a public key could be used as one.
ALGORITHMS = ("RS256", "PS256", "ES256")
_LEEWAY_SECONDS = 60  # between the clocks of two machines


class Untrusted(IdentityError):
    """A signed token is not valid. ``reason`` is for the log: it names a check, and no person."""

    def __init__(self, reason: str) -> None:
        super().__init__("oidc_untrusted")
        self.reason = reason


class BadSignature(Untrusted):
    """The key that the token names, or the only key, did not sign it: a forgery, or a key that the provider has changed."""


class UnknownKey(Exception):
    """No key of the set has the identifier in the token."""


def signed_claims(token: str, keys: KeySet, *, issuer: str, client: str, **more: Any) -> dict[str, Any]:
    """Returns the claims of a JWT signed by ``issuer`` for ``client``. ``more``: further claims, as for joserfc's registry.

    Raises ``UnknownKey`` or ``Untrusted``, of which ``BadSignature`` is a subclass.
    """
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client},
            "sub": {"essential": True},
        }
        JWTClaimsRegistry(leeway=_LEEWAY_SECONDS, **wanted, **more).validate(claims)
    except jose.InvalidKeyIdError as error:
        raise UnknownKey from error
    except jose.BadSignatureError as error:
        raise BadSignature(f"signature: {error!r}") from error
    except (jose.JoseError, ValueError, TypeError, KeyError) as error:
        raise Untrusted(f"signature or claim: {error!r}") from error
    return claims


def id_token_claims(token: str, keys: KeySet, *, issuer: str, client: str, nonce: str, access_token: str) -> dict[str, Any]:
    """Returns the claims of the ID token for this sign-in. Raises ``UnknownKey`` or ``Untrusted``."""
    times = {"exp": {"essential": True}, "iat": {"essential": True}}
    claims = signed_claims(token, keys, issuer=issuer, client=client, nonce={"essential": True, "value": nonce}, **times)
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client:
        raise Untrusted("azp: the token has other audiences, and is not ours")
    if "azp" in claims and claims["azp"] != client:
        raise Untrusted("azp: the token was made for another client")
    if "at_hash" in claims and not hmac.compare_digest(str(claims["at_hash"]).encode(), half_hash(access_token)):
        raise Untrusted("at_hash: the access token is another one")
    return claims


def half_hash(access_token: str) -> bytes:
    """Returns ``at_hash`` of an access token for the algorithms above, which all use SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=")


def claim(claims: Mapping[str, Any], path: str) -> list[str]:
    """Returns the texts at ``path`` (``roles``, or ``realm_access.roles``): one, several, or none."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    many = found if isinstance(found, list) else [found]
    return [one for one in many if isinstance(one, str)]
