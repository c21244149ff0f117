"""What is checked of signed tokens, by tokens that are each wrong in one way; and what settings refuse."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from pydantic import ValidationError

from core.identity import Role
from core.identity.oidc import Identity
from core.identity.oidc.admission import role_of
from core.identity.oidc.client import Client
from core.identity.oidc.provider import Metadata, is_safe_address
from core.identity.oidc.tokens import UnknownKey, Untrusted, claim, half_hash, id_token_claims
from core.settings import Settings

ISSUER, CLIENT, NONCE, ACCESS = "https://id.example", "guichet", "n-1", "access"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
STRANGE = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS = KeySet([RSAKey.import_key(RSA.as_dict(private=False)), ECKey.import_key(EC.as_dict(private=False))])


def _claims(**changes: Any) -> dict[str, Any]:
    present = int(time.time())
    found: dict[str, Any] = {"iss": ISSUER, "aud": CLIENT, "sub": "s", "nonce": NONCE, "iat": present, "exp": present + 60}
    return {name: value for name, value in (found | changes).items() if value is not None}


def _checked(token: str) -> dict[str, Any]:
    return id_token_claims(token, KEYS, issuer=ISSUER, client=CLIENT, nonce=NONCE, access_token=ACCESS)


@pytest.mark.parametrize(("alg", "key"), [("RS256", RSA), ("PS256", RSA), ("ES256", EC)])
def test_a_right_token_is_taken(alg: str, key: RSAKey | ECKey) -> None:
    more = {"at_hash": half_hash(ACCESS).decode(), "aud": [CLIENT, "other"], "azp": CLIENT}
    assert _checked(jwt.encode({"alg": alg, "kid": key.kid}, _claims(**more), key, algorithms=[alg]))["sub"] == "s"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": [CLIENT, "other"]},  # and no azp
        {"aud": None},
        {"azp": "other"},
        {"nonce": "n-2"},
        {"nonce": None},
        {"sub": None},
        {"exp": -120},
        {"exp": None},
        {"iat": 600},
        {"iat": None},
        {"nbf": 600},
        {"at_hash": half_hash("another").decode()},
    ],
)
def test_a_token_wrong_in_one_claim_is_not(changes: dict[str, Any]) -> None:
    # Numbers are seconds from now: the tests are collected long before this one runs.
    at = {name: int(time.time()) + value if isinstance(value, int) else value for name, value in changes.items()}
    token = jwt.encode({"alg": "RS256", "kid": "rsa"}, _claims(**at), RSA)
    with pytest.raises(Untrusted):
        _checked(token)


def test_signatures_that_prove_nothing_are_refused() -> None:
    good = jwt.encode({"alg": "RS256", "kid": "rsa"}, _claims(), RSA)
    head, body, signature = good.split(".")
    public = RSA.as_pem(private=False)
    confused = jwt.encode({"alg": "HS256", "kid": "rsa"}, _claims(), OctKey.import_key(public.hex()), algorithms=["HS256"])
    unsigned = jwt.encode({"alg": "none"}, _claims(), OctKey.import_key("x" * 32), algorithms=["none"])
    for token in (
        jwt.encode({"alg": "RS256", "kid": "rsa"}, _claims(), STRANGE),
        jwt.encode({"alg": "RS512", "kid": "rsa"}, _claims(), RSA, algorithms=["RS512"]),
        confused,
        f"{head}.{body}.",
        f"{head}.{body[:-4]}AAAA.{signature}",
        "not.a.token",
        "",
    ):
        with pytest.raises(Untrusted):
            _checked(token)
    with pytest.raises((Untrusted, UnknownKey)):  # which comes first does not matter: neither lets anybody in
        _checked(unsigned)


def test_a_key_that_is_not_known_is_told_apart_so_that_it_can_be_fetched() -> None:
    other = RSAKey.generate_key(2048, {"kid": "next"})
    with pytest.raises(UnknownKey):
        _checked(jwt.encode({"alg": "RS256", "kid": "next"}, _claims(), other))


def test_claims_are_read_by_name_or_by_path() -> None:
    assert claim({"realm_access": {"roles": ["a", 1, "b"]}}, "realm_access.roles") == ["a", "b"]
    assert claim({"https://commune.example/role": "a"}, "https://commune.example/role") == ["a"]
    assert claim({"realm_access": "?"}, "realm_access.roles") == []


def _settings(tmp_path: Path, **values: Any) -> Settings:
    known = {"secret_key": "s", "internal_secret": "i", "address_key": "a", "home": tmp_path, "oidc_issuer": ISSUER}
    known |= {"oidc_client_id": CLIENT, "oidc_client_secret": "secret"}
    return Settings(_env_file=None, **(known | values))  # type: ignore[arg-type]


def test_the_first_role_of_the_list_that_somebody_has_is_theirs(tmp_path: Path) -> None:
    roles = "g-admin=administrator g=x=publisher g-edit=editor"
    settings = _settings(tmp_path, oidc_role_claim="groups", oidc_roles=roles)

    def found(*values: str) -> Role | None:
        return role_of(Identity(ISSUER, "s", "a@b.example", True, "", values, ""), settings)

    assert found("g-edit", "g=x") == Role.PUBLISHER
    assert found("g-edit") == Role.EDITOR
    assert found("administrator") is None
    for role in Role:
        assert _settings(tmp_path, oidc_role_claim="groups", oidc_roles=f"v={role}").oidc_roles


@pytest.mark.parametrize(
    "values",
    [
        {"oidc_issuer": "http://id.example"},
        {"oidc_client_secret": ""},
        {"oidc_client_id": ""},
        {"oidc_scopes": "email"},
        {"oidc_roles": "v=editor"},  # and no claim
        {"oidc_role_claim": "groups", "oidc_roles": "v=owner"},
        {"oidc_issuer": "", "desk_passwords": False},
    ],
)
def test_settings_that_would_let_in_the_wrong_people_or_nobody_are_refused(tmp_path: Path, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _settings(tmp_path, **values)


def test_secrets_go_over_https_or_stay_on_the_machine() -> None:
    assert is_safe_address("https://id.example/token")
    assert is_safe_address("http://127.0.0.1:9/token")
    assert not is_safe_address("http://id.example/token")
    assert not is_safe_address("http://127.0.0.1.example/token")


class _Provider:
    """Publishes ``KEYS`` once it is asked for its keys anew; its userinfo is signed with one of them."""

    issuer = ISSUER

    def __init__(self, userinfo: str) -> None:
        self._userinfo = userinfo

    async def keys(self, *, fresh: bool = False) -> KeySet:
        return KEYS if fresh else KeySet([ECKey.generate_key("P-256", {"kid": "of last week"})])

    async def ask(self, *_: Any, **__: Any) -> httpx.Response:
        return httpx.Response(200, text=self._userinfo, headers={"content-type": "application/jwt"})


@pytest.mark.parametrize(("kid", "known"), [("rsa", True), ("nobody's", False)])
async def test_userinfo_signed_with_a_new_key_is_checked_with_the_new_keys(tmp_path: Path, kid: str, known: bool) -> None:
    signed = jwt.encode({"alg": "RS256", "kid": kid}, {"iss": ISSUER, "aud": CLIENT, "sub": "s", "email": "a@b.example"}, RSA)
    client = Client(_settings(tmp_path))
    client.provider = _Provider(signed)  # type: ignore[assignment]
    metadata = Metadata(issuer=ISSUER, **{name: f"{ISSUER}/{name}" for name in _ENDPOINTS})
    if known:
        assert (await client._userinfo(metadata, ACCESS, "s"))["email"] == "a@b.example"
        return
    with pytest.raises(Untrusted):
        await client._userinfo(metadata, ACCESS, "s")


class _Nameless(_Provider):
    """It has one key, which its tokens do not name, and has changed it since its keys were read."""

    async def keys(self, *, fresh: bool = False) -> KeySet:
        return KeySet([RSAKey.import_key((RSA if fresh else STRANGE).as_dict(private=False))])


@pytest.mark.parametrize(("key", "known"), [(RSA, True), (RSAKey.generate_key(2048), False)])
async def test_a_key_without_a_name_that_was_changed_is_fetched_too(tmp_path: Path, key: RSAKey, known: bool) -> None:
    client = Client(_settings(tmp_path))
    client.provider = _Nameless("")  # type: ignore[assignment]
    token = jwt.encode({"alg": "RS256"}, _claims(), key)
    if known:
        assert (await client._id_token(token, ACCESS, NONCE))["sub"] == "s"
        return
    with pytest.raises(Untrusted):
        await client._id_token(token, ACCESS, NONCE)
