"""Staff come from a real OpenID Connect provider: who is let in, as whom, and what is refused, with the reason in the audit."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from sqlalchemy import select, update

from cli.gateway import create
from core.database.base import now
from core.database.migrate import upgrade
from core.database.models import AuditRow, StaffRow, StaffSession
from core.identity import IdentityError, Role, accounts, links
from core.settings import Settings
from tests.desk_support import csrf_of, found_on, make_staff
from tests.identity_provider import IdentityProvider
from tests.integration.channels_support import settings_for
from tests.integration.sign_in_support import PASSWORD

EMAIL = "camille@commune.example"
USERS: dict[str, dict[str, Any]] = {
    "camille": {"email": EMAIL.title(), "given_name": "Camille", "usual_name": "Dupont", "level": "eidas2"},
    "homonym": {"email": EMAIL, "email_verified": True},
    "unverified": {"email": EMAIL, "email_verified": False},
    "nobody": {"email": "personne@commune.example"},
    "editor": {"email": "redac@commune.example", "family_name": "Roy", "realm_access": {"roles": ["g-edit", "other"]}},
    "visitor": {"email": "visite@commune.example", "realm_access": {"roles": ["other"]}},
}
ROLES = {"oidc_role_claim": "realm_access.roles", "oidc_roles": "g-admin=administrator g-edit=editor"}
_PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def keycloak() -> Iterator[IdentityProvider]:
    """A provider as most are: userinfo in JSON, the secret in a header."""
    provider = IdentityProvider()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def proconnect() -> Iterator[IdentityProvider]:
    """A provider as ProConnect is: userinfo signed, ES256, the secret in the form."""
    provider = IdentityProvider(signed=True, alg="ES256", auth="client_secret_post")
    yield provider
    provider.stop()


class Desk:
    """The gateway, one browser in front of it, and the provider that it knows."""

    def __init__(self, settings: Settings, app: Any, http: httpx.AsyncClient, provider: IdentityProvider) -> None:
        self.settings = settings
        self.app = app
        self.http = http
        self.provider = provider
        self.database = app.state.deps.database

    async def leave(self, next_path: str = "") -> str:
        """The provider's address that the sign-in page leads to."""
        answer = await self.http.get("/desk/oidc", params={"next": next_path} if next_path else {})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def come_back(self, address: str, login: str) -> str:
        """The address at which ``login`` comes back from the provider, with a code or an error."""
        async with httpx.AsyncClient(base_url=self.provider.issuer) as browser:
            answer = await browser.get(address)
            for _ in range(10):
                where = str(answer.headers.get("location", ""))
                if where.startswith(self.settings.base_url):
                    return where
                if answer.is_redirect:
                    answer = await browser.get(where)
                else:
                    form = {"login": login, "go": "yes" if login else "no"}
                    answer = await browser.post(str(answer.url), data=form)
        raise AssertionError("the provider sends nobody back")

    async def enter(self, login: str, next_path: str = "") -> httpx.Response:
        """The whole way; the last page of it."""
        return await self.http.get(await self.come_back(await self.leave(next_path), login))

    async def signed_in(self) -> bool:
        return (await self.http.get("/desk")).status_code == 200

    async def audit(self) -> list[tuple[str, dict[str, Any]]]:
        async with self.database.read() as session:
            rows = await session.execute(select(AuditRow.action, AuditRow.details).order_by(AuditRow.seq))
            return [(action, json.loads(details) if isinstance(details, str) else details) for action, details in rows]


@asynccontextmanager
async def _desk(tmp_path: Path, provider: IdentityProvider, **changes: Any) -> AsyncIterator[Desk]:
    values = provider.settings() | {"oidc_second_factor": False} | changes
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", "redis://127.0.0.1:1/0", tmp_path, **values)
    provider.start(settings.base_url, USERS)
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers=_PAGE) as http:
        yield Desk(settings, app, http, provider)
    await app.state.deps.close()


@pytest.fixture(autouse=True)
def record(tmp_path: Path) -> None:
    upgrade(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}")


async def test_an_invited_colleague_comes_in_by_the_address_and_from_then_on_by_the_identifier(
    tmp_path: Path, keycloak: IdentityProvider
) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        staff = await make_staff(desk.database, Role.EDITOR, email=EMAIL, name="Camille")
        page = await desk.http.get("/desk/sign-in")
        assert 'href="/desk/oidc"' in page.text
        assert "ProConnect" in page.text
        asked = parse_qs(urlsplit(await desk.leave()).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["state"][0]) >= 32
        assert len(asked["nonce"][0]) >= 32
        arrived = await desk.enter("camille", "/desk/account?lang=en")
        assert arrived.status_code == 200
        assert "/desk/sign-in?next=%2Fdesk%2Faccount%3Flang%3Den" in arrived.text
        assert await desk.signed_in()
        account = await desk.http.get("/desk/account")
        assert 'name="old"' not in account.text  # nobody changes a password that there is none of
        async with desk.database.write() as session:
            await accounts.change(session, staff.id, actor="test", email="new@commune.example")
        desk.http.cookies.clear()
        await desk.enter("camille")
        assert await desk.signed_in()
        actions = [action for action, _ in await desk.audit()]
        assert actions.count("staff.bind") == 1
        assert actions.count("staff.sign_in") == 2


async def test_nobody_gets_an_account_or_a_right_by_coming(tmp_path: Path, keycloak: IdentityProvider) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        staff = await make_staff(desk.database, Role.EDITOR, email=EMAIL)
        for login, said in (
            ("nobody", "aucun accès n’est ouvert ici pour personne@commune.example"),
            ("unverified", "n’a pas transmis d’adresse électronique vérifiée"),
            ("", "Vous avez interrompu la connexion"),
        ):
            refused = await desk.enter(login)
            assert refused.status_code == 403
            assert said in re.sub(r"\s", " ", refused.text)
            assert not await desk.signed_in()
        assert (await desk.enter("camille")).status_code == 200
        desk.http.cookies.clear()
        assert "appartient à une autre identité" in (await desk.enter("homonym")).text
        async with desk.database.write() as session:
            await accounts.reset(session, staff.id, actor="test", days=1)
        assert (await desk.enter("homonym")).status_code == 200  # an administrator has let go of the first one
        async with desk.database.write() as session:
            await accounts.disable(session, staff.id, actor="test")
        assert not await desk.signed_in()
        assert (await desk.enter("homonym")).status_code == 403
        async with desk.database.read() as session:
            assert [row.email for row in await accounts.listed(session)] == [EMAIL]
        reasons = [details["reason"] for action, details in await desk.audit() if action == "staff.sign_in_failed"]
        assert reasons == ["oidc_unknown", "oidc_no_email", "oidc_other_person", "oidc_unknown"]


async def test_a_refusal_stays_the_same_page_in_the_other_language_and_leads_to_another_account(
    tmp_path: Path, keycloak: IdentityProvider
) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        address = await desk.come_back(await desk.leave(), "nobody")
        refused = await desk.http.get(address)
        assert "aucun accès n’est ouvert ici pour personne@commune.example" in refused.text
        assert "aucun accès n’est ouvert ici" in (await desk.http.get(address)).text  # loaded anew
        english = await desk.http.get(f"{address}&lang=en")
        assert english.status_code == 403
        assert "no access is open here for personne@commune.example" in english.text
        other = found_on(r'href="(/desk/oidc\?other=[^"]+)"', english.text).replace("&amp;", "&")
        leaving = await desk.http.get(other)
        assert parse_qs(urlsplit(leaving.headers["location"]).query)["prompt"] == ["login"]
        assert "prompt" not in await desk.leave()
        reasons = [details["reason"] for action, details in await desk.audit() if action == "staff.sign_in_failed"]
        assert reasons == ["oidc_unknown"]  # once: nobody came a second time
        # The language chosen before leaving is the one of what is said at the return.
        chosen = await desk.http.get("/desk/sign-in", params={"lang": "en"})
        away = await desk.http.get(found_on(r'href="(/desk/oidc[^"]*)"', chosen.text))
        back = await desk.come_back(away.headers["location"], "nobody")
        assert "no access is open here" in (await desk.http.get(back)).text


async def test_an_older_tab_does_not_undo_the_sign_in_of_a_newer_one(tmp_path: Path, keycloak: IdentityProvider) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        await make_staff(desk.database, Role.EDITOR, email=EMAIL)
        older = await desk.come_back(await desk.leave(), "camille")
        newer = await desk.come_back(await desk.leave(), "camille")
        stale = await desk.http.get(older)
        assert stale.status_code == 403
        assert "autre onglet" in stale.text
        assert (await desk.http.get(newer)).status_code == 200
        assert await desk.signed_in()


async def test_a_claim_that_the_operator_named_makes_accounts_and_changes_and_takes_roles(
    tmp_path: Path, keycloak: IdentityProvider
) -> None:
    async with _desk(tmp_path, keycloak, **ROLES) as desk:
        assert "ne vous donne aucun rôle" in (await desk.enter("visitor")).text
        assert (await desk.enter("editor")).status_code == 200
        async with desk.database.read() as session:
            row = await accounts.by_email(session, "redac@commune.example")
        assert row is not None
        assert (row.role, row.name) == ("editor", "Roy")
        async with desk.database.write() as session:
            await accounts.change(session, row.id, actor="test", role=Role.PUBLISHER)
        await desk.enter("editor")
        async with desk.database.read() as session:
            assert (await accounts.get(session, row.id)).role == "editor"
        created = [details for action, details in await desk.audit() if action == "staff.create"]
        assert created == [{"role": "editor"}]


async def test_a_provider_like_proconnect_signs_userinfo_states_the_level_and_ends_its_session(
    tmp_path: Path, proconnect: IdentityProvider
) -> None:
    scopes = {"oidc_scopes": "openid given_name usual_name email", "oidc_acr_values": "eidas2 eidas3"}
    async with _desk(tmp_path, proconnect, **scopes) as desk:
        await make_staff(desk.database, Role.EDITOR, email=EMAIL)
        asked = parse_qs(urlsplit(await desk.leave()).query)
        assert json.loads(asked["claims"][0]) == {"id_token": {"acr": {"essential": True, "values": ["eidas2", "eidas3"]}}}
        assert "acr_values" not in asked
        assert (await desk.enter("camille")).status_code == 200
        start = await desk.http.get("/desk")
        assert start.status_code == 200
        form = {"csrf": csrf_of(start)}
        leaving = await desk.http.post("/desk/sign-out", data=form)
        address = re.search(r'content="0;url=([^"]+)"', leaving.text)
        assert address
        end = urlsplit(address[1].replace("&amp;", "&"))
        assert end.path == "/session/end"
        query = parse_qs(end.query)
        assert query["post_logout_redirect_uri"] == [f"{desk.settings.base_url}/desk/oidc/signed-out"]
        assert query["id_token_hint"][0].count(".") == 2
        assert len(query["state"][0]) >= 32
        assert not await desk.signed_in()
        async with httpx.AsyncClient() as browser:
            asks = await browser.get(end.geturl())
        assert asks.status_code == 200, asks.text  # the provider takes the hint and the address, and asks the person
        async with desk.database.read() as session:
            assert not (await session.scalars(select(StaffSession).where(StaffSession.id_token.is_not(None)))).all()


async def test_a_level_that_is_too_low_is_refused_here_too(tmp_path: Path) -> None:
    provider = IdentityProvider(claims=False)  # it takes acr_values for a wish
    try:
        async with _desk(tmp_path, provider, oidc_acr_values="eidas2") as desk:
            await make_staff(desk.database, Role.EDITOR, email="redac@commune.example")
            await make_staff(desk.database, Role.EDITOR, email=EMAIL)
            assert parse_qs(urlsplit(await desk.leave()).query)["acr_values"] == ["eidas2"]
            refused = await desk.enter("editor")
            assert refused.status_code == 403
            assert "demande une identification plus sûre" in refused.text
            assert not await desk.signed_in()
            assert (await desk.enter("camille")).status_code == 200
            reasons = [details.get("reason") for action, details in await desk.audit() if action == "staff.sign_in_failed"]
            assert reasons == ["oidc_level"]
    finally:
        provider.stop()


async def test_keys_that_change_are_fetched_and_a_code_counts_once_in_one_browser(
    tmp_path: Path, keycloak: IdentityProvider
) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        await make_staff(desk.database, Role.EDITOR, email=EMAIL)
        assert (await desk.enter("camille")).status_code == 200
        keycloak.start(desk.settings.base_url, USERS)
        desk.http.cookies.clear()
        assert (await desk.enter("camille")).status_code == 200
        assert await desk.signed_in()
        desk.http.cookies.clear()
        address = await desk.come_back(await desk.leave(), "camille")
        kept = dict(desk.http.cookies)
        assert (await desk.http.get(address)).status_code == 200
        desk.http.cookies.clear()
        assert (await desk.http.get(address)).status_code == 403  # another browser
        desk.http.cookies.update(kept)
        assert (await desk.http.get(address)).status_code == 403  # the same again: the provider has taken its code back
        assert not await desk.signed_in()
        address = await desk.come_back(await desk.leave(), "camille")
        for wrong in (
            address.replace("state=", "state=x"),
            re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fother.example", address),
            re.sub(r"&?iss=[^&]+", "", address),
        ):
            assert (await desk.http.get(wrong)).status_code == 403
            assert not await desk.signed_in()
            address = await desk.come_back(await desk.leave(), "camille")


async def test_a_provider_that_is_out_is_said_and_nobody_is_let_in(tmp_path: Path, keycloak: IdentityProvider) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        keycloak.stop()
        refused = await desk.http.get("/desk/oidc")
        assert refused.status_code == 503
        assert "ne répond pas comme prévu" in refused.text
        english = await desk.http.get("/desk/oidc", params={"lang": "en"})
        assert "does not answer as it should" in english.text
        assert (await desk.http.get("/desk/sign-in")).status_code == 200


async def test_a_provider_that_goes_out_on_the_way_back_is_asked_again_when_the_page_is_loaded_anew(
    tmp_path: Path, keycloak: IdentityProvider
) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        address = await desk.come_back(await desk.leave(), "camille")
        keycloak.stop()
        assert (await desk.http.get(address)).status_code == 503
        keycloak.start(desk.settings.base_url, USERS)  # and it has forgotten the code
        assert "a pris trop de temps" in (await desk.http.get(address)).text


async def test_the_desks_second_factor_comes_after_the_provider_where_it_is_asked(
    tmp_path: Path, keycloak: IdentityProvider
) -> None:
    async with _desk(tmp_path, keycloak, oidc_second_factor=True) as desk:
        await make_staff(desk.database, Role.EDITOR, email=EMAIL)
        assert (await desk.enter("camille")).status_code == 200
        assert not await desk.signed_in()
        page = await desk.http.get("/desk/second-factor")
        secret = re.sub(r"\s", "", found_on(r'<code id="secret">([^<]+)', page.text))
        code = {"code": pyotp.TOTP(secret).now(), "csrf": csrf_of(page)}
        assert (await desk.http.post("/desk/second-factor", data=code)).status_code == 200
        assert await desk.signed_in()
        start = await desk.http.get("/desk")
        assert "id_token_hint" in (await desk.http.post("/desk/sign-out", data={"csrf": csrf_of(start)})).text


async def test_an_invitation_changes_nobody_who_comes_from_the_provider(tmp_path: Path, keycloak: IdentityProvider) -> None:
    async with _desk(tmp_path, keycloak) as desk:
        staff = await make_staff(desk.database, Role.ADMINISTRATOR, email=EMAIL)
        await desk.enter("camille")
        with pytest.raises(IdentityError, match="email_taken"):
            async with desk.database.write() as session:
                await accounts.invite(session, email=EMAIL, role=Role.READER, actor="test", days=1)
        async with desk.database.read() as session:
            assert (await accounts.get(session, staff.id)).role == Role.ADMINISTRATOR


async def test_passwords_switched_off_stay_off_but_for_an_emergency(tmp_path: Path, keycloak: IdentityProvider) -> None:
    async with _desk(tmp_path, keycloak, desk_passwords=False) as desk:
        assert 'name="password"' not in (await desk.http.get("/desk/sign-in")).text
        async with desk.database.write() as session:
            row, invited = await accounts.invite(session, email=EMAIL, role=Role.ADMINISTRATOR, actor="test", days=1)
        form = {"name": "Camille", "password": PASSWORD, "again": PASSWORD}
        assert "est fermée" in (await desk.http.post(links.path(invited), data=form)).text
        async with desk.database.write() as session:
            editor = await accounts.create(session, email="redac@commune.example", role=Role.EDITOR, actor="test")
            with pytest.raises(IdentityError, match="not_administrator"):
                await accounts.break_glass(session, editor.id, actor="test", hours=1)
        async with desk.database.write() as session:
            token = await accounts.break_glass(session, row.id, actor="command line", hours=1)
            assert token
        assert (await desk.http.post(links.path(token), data=form)).status_code == 303
        desk.http.cookies.clear()
        entered = {"email": EMAIL, "password": PASSWORD}
        assert (await desk.http.post("/desk/sign-in", data=entered)).status_code == 303
        assert not await desk.signed_in()  # the second factor is still to come
        desk.http.cookies.clear()
        async with desk.database.write() as session:
            await session.execute(update(StaffRow).values(password_until=now() - timedelta(seconds=1)))
        closed = await desk.http.post("/desk/sign-in", data=entered)
        assert closed.status_code == 422
        assert "est fermée" in closed.text
        assert "staff.break_glass" in [action for action, _ in await desk.audit()]


async def test_without_a_provider_there_is_no_such_door(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", "redis://127.0.0.1:1/0", tmp_path)
    app = create(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url, headers=_PAGE) as http:
        assert (await http.get("/desk/oidc")).status_code == 404
        assert (await http.get("/desk/oidc/callback", params={"state": "x", "code": "y"})).status_code == 404
        assert "/desk/oidc" not in (await http.get("/desk/sign-in")).text
    await app.state.deps.close()
