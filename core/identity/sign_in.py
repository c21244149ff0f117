"""Sign-in: a password, then a code. A person without a second factor must set one up first."""

from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database import Database
from core.database.base import now
from core.database.models import StaffRow, StaffSession
from core.identity import accounts, passwords, second_factor, sessions, throttle
from core.identity.errors import IdentityError, TooManyCodes, WrongCredentials
from core.identity.oidc import Identity, admit
from core.identity.sessions import ValidSession
from core.identity.staff import Staff
from core.identity.vault import Vault
from core.settings import Settings

SECOND_FACTOR, CODES_HELD = "staff.second_factor", "staff.codes_held"  # in the audit
_DAY_SECONDS = 24 * 3600
_TRIES = 5  # codes in one session between password and second factor, and wrong confirmations in an open one


@dataclass(frozen=True, slots=True)
class Caller:
    """The origin of a sign-in. ``known_device``: the cookie that an earlier sign-in left in the browser."""

    address: str
    browser: str = ""
    known_device: str = ""


class SignIn:
    """The steps of a sign-in. Each returns a new session's token, so that no token survives a change of its access."""

    def __init__(self, settings: Settings, database: Database, vault: Vault) -> None:
        self._settings = settings
        self._database = database
        self.vault = vault

    async def password(self, email: str, password: str, caller: Caller) -> tuple[str, str]:
        """Returns (token, stage) of a session that waits for the second factor.

        Raises ``WrongCredentials`` or ``TooManyAttempts``.
        """
        email = email.strip().lower()[:254]
        async with self._database.write() as session:
            # Locked, and counted before the check: of concurrent attempts, those above the limit are not checked.
            await throttle.lock_address(session, self.vault, address=caller.address)
            row = (await session.scalars(select(StaffRow).where(StaffRow.email == email).with_for_update())).one_or_none()
            known = bool(row and self.vault.knows_device(caller.known_device, row.id))
            await throttle.check(session, self.vault, email=email, address=caller.address, known=known)
            failure = await throttle.count_failure(session, self.vault, email=email, address=caller.address, known=known)
        matches = await passwords.matches(password, row.password if row else None)
        allowed = self._settings.desk_passwords or (row is not None and row.password_until and row.password_until > now())
        if row is None or not matches or row.disabled_at or not allowed:
            await self._record_failure(row)
            raise WrongCredentials if self._settings.desk_passwords else IdentityError("passwords_off")
        stage = sessions.SECOND if row.totp else sessions.ENROL
        async with self._database.write() as session:
            await throttle.remove_failure(session, failure)
            return await sessions.open_session(session, row.id, stage=stage, device=caller.browser), stage

    async def from_provider(self, identity: Identity, caller: Caller) -> tuple[str, str]:
        """Returns the session's token for a person from the provider, and the account's id once the session is open. The id is
        empty while the session waits for the second factor.

        Raises ``IdentityError``, which is written to the audit.
        """
        try:
            async with self._database.write() as session:
                row = await admit(session, identity, self._settings)
                id_token = self.vault.encrypt(identity.id_token)
                if self._settings.oidc_second_factor:
                    stage = sessions.SECOND if row.totp else sessions.ENROL
                    return await sessions.open_session(
                        session, row.id, stage=stage, id_token=id_token, device=caller.browser
                    ), ""
                row.signed_in_at = now()
                hours = self._settings.desk_session_hours
                token = await sessions.open_session(session, row.id, hours=hours, id_token=id_token, device=caller.browser)
                await audit.record(
                    session, actor=row.id, action="staff.sign_in", target=f"staff:{row.id}", details={"by": "provider"}
                )
                return token, row.id
        except IdentityError as error:
            await self.note_refusal(error.code)
            raise

    async def note_refusal(self, reason: str) -> None:
        """Records that a person from the identity provider was refused. ``reason``: the refusal's code."""
        async with self._database.write() as session:
            await audit.record(
                session, actor="stranger", action="staff.sign_in_failed", target="oidc", details={"reason": reason}
            )

    async def code(self, found: ValidSession, code: str, caller: Caller) -> str:
        """Returns the token of the open session. ``code``: from the authenticator, or a recovery code, which works once.

        Raises ``IdentityError``; ``TooManyCodes`` with ``just_now`` for the code after which the owner is to be told.
        """
        email = found.staff.email
        known = self.vault.knows_device(caller.known_device, found.staff.id)
        recovery, last = second_factor.is_recovery(code), False
        async with self._database.read() as session:
            await throttle.check(session, self.vault, email=email, address=caller.address, known=known)
        async with self._database.write() as session:
            # Locked: of concurrent attempts with one code, only one succeeds; and guesses are counted, however many at once.
            fresh = await session.get_one(StaffSession, found.row.id, with_for_update=True)
            row = await session.get_one(StaffRow, found.staff.id, with_for_update=True)
            if fresh.ended_at is not None:
                raise IdentityError("codes_wrong")
            if not recovery:
                await throttle.check_codes(session, self.vault, email=email, known=known)
            if self._accepts(row, code):
                return await self._open(session, row, found, caller, recovery=recovery)
            if not recovery:
                last = await throttle.count_wrong_code(session, self.vault, email=email, known=known)
            fresh.failures += 1
            if fresh.failures >= _TRIES or last:
                fresh.ended_at = now()
            if last:
                await audit.record(session, actor="stranger", action=CODES_HELD, target=f"staff:{row.id}")
        await self._count_failure(email, caller, row, known=known)
        if last:
            raise TooManyCodes(_DAY_SECONDS, just_now=True)
        # Reaching this step shows already that the password was right, so the error may say what is wrong.
        wrong = "recovery_wrong" if recovery else "code_wrong"
        raise IdentityError("codes_wrong" if fresh.ended_at else wrong)

    async def pending_secret(self, found: ValidSession) -> str:
        """Returns the secret that ``found`` is setting up: the same one each time the page is loaded."""
        async with self._database.write() as session:
            row = await session.get_one(StaffSession, found.row.id)
            if row.pending is None:
                row.pending = self.vault.encrypt(second_factor.new_secret())
            return self.vault.decrypt(row.pending)

    async def confirm(self, staff: Staff, password: str, code: str) -> None:
        """Checks password and code of a signed-in person again: an open session may be in a thief's hands.

        ``code``: from the present authenticator, or a recovery code. A person from the identity provider may have no
        password or no second factor, and gives what there is; with neither, only another sign-in at the provider confirms.
        Raises ``IdentityError``; the fifth failure ends the session.
        """
        async with self._database.write() as session:
            # Counted before the check: of concurrent attempts, those above the limit are not checked.
            own_session = await session.get_one(StaffSession, staff.session, with_for_update=True)
            own_session.failures += 1
            count, stored = own_session.failures, (await accounts.get(session, staff.id)).password
        matches = count <= _TRIES and (stored is None or await passwords.matches(password, stored))
        async with self._database.write() as session:
            own_session = await session.get_one(StaffSession, staff.session, with_for_update=True)
            row = await session.get_one(StaffRow, staff.id, with_for_update=True)
            has_secret = stored is not None or row.totp is not None
            if matches and has_secret and (row.totp is None or self._accepts(row, code)):
                own_session.failures, own_session.confirmed_at = 0, now()
                if second_factor.is_recovery(code):
                    await audit.record(session, actor=row.id, action="staff.recovery_used", target=f"staff:{row.id}")
                return
            if count >= _TRIES:
                own_session.ended_at = own_session.ended_at or now()
            await audit.record(session, actor=row.id, action="staff.confirm_failed", target=f"staff:{row.id}")
        raise IdentityError("confirm_ended" if count >= _TRIES else "confirm_wrong")

    def is_confirmed(self, found: ValidSession) -> bool:
        """Decides whether password and code were given in this session, or before it opened, a few minutes ago."""
        since = now() - timedelta(minutes=self._settings.desk_confirm_minutes)
        return max(found.row.created_at, found.row.confirmed_at or found.row.created_at) > since

    async def enrol(
        self, found: ValidSession, code: str, caller: Caller, *, password: str = "", present: str = ""
    ) -> tuple[str, list[str]]:
        """Returns (token of the open session, recovery codes) once ``code`` proves that the authenticator has the pending
        secret.

        A person who is signed in already confirms it by ``password`` and ``present``, a code of the present authenticator.
        """
        self._pending_step(found.row, code)  # checked first: an error here uses up no code
        if found.stage == sessions.OPEN:
            await self.confirm(found.staff, password, present)
        async with self._database.write() as session:
            waiting = await session.get_one(StaffSession, found.row.id)
            secret, step = self._pending_step(waiting, code)
            row = await accounts.get(session, found.staff.id)
            codes = second_factor.new_recovery_codes()
            replaced = {"replaced": True} if row.totp else {}
            row.totp, row.totp_step = self.vault.encrypt(secret), step
            row.recovery = [second_factor.recovery_digest(each) for each in codes]
            waiting.pending = None
            await sessions.end(session, row.id, but=found.row.id)
            await audit.record(session, actor=row.id, action=SECOND_FACTOR, target=f"staff:{row.id}", details=replaced)
            return await self._open(session, row, found, caller), codes

    def _pending_step(self, waiting: StaffSession, code: str) -> tuple[str, int]:
        """Returns the pending secret and the time step for which ``code`` is right. Raises ``IdentityError`` ``code_wrong``."""
        secret = self.vault.decrypt(waiting.pending) if waiting.pending else ""
        step = second_factor.step_of(secret, code) if secret else None
        if step is None:
            raise IdentityError("code_wrong")
        return secret, step

    def _accepts(self, row: StaffRow, code: str) -> bool:
        digest = second_factor.recovery_digest(code)
        if digest in row.recovery:
            row.recovery = [each for each in row.recovery if each != digest]
            return True
        try:
            secret = self.vault.decrypt(row.totp) if row.totp else ""
        except InvalidToken:  # the installation's key was changed: recovery codes and a reset still work
            secret = ""
        step = second_factor.step_of(secret, code, after=row.totp_step) if secret else None
        if step is None:
            return False
        row.totp_step = step
        return True

    async def _open(
        self, session: AsyncSession, row: StaffRow, found: ValidSession, caller: Caller, *, recovery: bool = False
    ) -> str:
        row.signed_in_at = now()
        await session.execute(update(StaffSession).where(StaffSession.id == found.row.id).values(ended_at=now(), id_token=None))
        await throttle.forget_failures(session, self.vault, email=row.email, address=caller.address)
        token = await sessions.open_session(
            session,
            row.id,
            hours=self._settings.desk_session_hours,
            device=caller.browser or found.row.device,
            id_token=found.row.id_token,
        )
        if recovery:
            await audit.record(session, actor=row.id, action="staff.recovery_used", target=f"staff:{row.id}")
        await audit.record(session, actor=row.id, action="staff.sign_in", target=f"staff:{row.id}")
        return token

    async def _count_failure(self, email: str, caller: Caller, row: StaffRow, *, known: bool) -> None:
        async with self._database.write() as session:
            await throttle.count_failure(session, self.vault, email=email, address=caller.address, known=known)
        await self._record_failure(row)

    async def _record_failure(self, row: StaffRow | None) -> None:
        """Writes a failure to the audit, if the account exists."""
        if row is not None:
            async with self._database.write() as session:
                await audit.record(session, actor="stranger", action="staff.sign_in_failed", target=f"staff:{row.id}")
