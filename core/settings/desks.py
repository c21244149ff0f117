"""Settings of the desks: the hours of the team, and sign-in of staff."""

from ipaddress import ip_address
from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from core.bad_setting import BadSetting, sentence
from core.opening_hours import OpeningHours
from core.settings.validators import parse_opening_hours

_ROLES = r"^\s*(\S+=(reader|editor|publisher|supervisor|administrator)(\s+|$))*$"


class DeskSettings(BaseModel):
    """Part of ``core.settings.Settings``."""

    # The supervisors' desk: the hours of the team, and whether anybody answers.
    desk_staffed: bool = Field(
        False, description="Somebody is at the desk within desk_hours and answers; false: call-backs and later answers only."
    )
    desk_two_persons: bool = Field(False, description="Whoever wrote a revision of an entry may not publish it.")
    desk_hours: str = Field(
        "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
        description="When people answer or call back, as OpenStreetMap writes opening_hours (PH: public holidays).",
    )
    desk_timezone: str = Field("Europe/Paris", description="Time zone of desk_hours, and of the days of SMS and figures.")
    desk_absent_seconds: int = Field(
        120, ge=30, description="A supervisor whose console is silent for this long loses their conversations to the queue."
    )
    desk_country: str = Field("FR", description="Country (ISO 3166) whose public holidays PH stands for.")

    # Sign-in at the desks.
    desk_session_hours: float = Field(12, gt=0, description="A sign-in at the desks lasts at most so many hours.")
    desk_idle_minutes: float = Field(120, gt=0, description="A sign-in ends after so many minutes without a request.")
    desk_confirm_minutes: float = Field(
        10,
        ge=0,
        description="Password and code are asked for again before an account or a role is changed, unless they were given "
        "within so many minutes.",
    )
    desk_invitation_days: float = Field(
        7, gt=0, description="An invitation to the desks, or a reset, is good for so many days."
    )
    desk_passwords: bool = Field(
        True, description="Staff may sign in with a password; false: only at the provider below (./guichet staff break-glass)."
    )
    # E-mail to staff: waiting work, invitations, resets, security notices; never a citizen's words. And the answers of staff to
    # citizens who left an address.
    smtp_host: str = Field("", description="Server that takes e-mail to staff, and answers to citizens; empty: none is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls (port 465), or none: only for a server on this machine."
    )
    smtp_user: str = Field("", description="Account at that server; empty: none.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Its password.")
    mail_from: str = Field("", description="Address that e-mail comes from, such as guichet@mairie.example.")

    # Sign-in at the administration's identity provider (docs/runbooks/openid-connect.md).
    oidc_issuer: str = Field(
        "", description="OpenID Connect: the provider's issuer, from which the rest is discovered. Empty: none."
    )
    oidc_client_id: str = Field("", description="Identifier of this service at the provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Its secret there.")
    oidc_name: str = Field("ProConnect", description="Name of the provider, as staff read it.")
    oidc_scopes: str = Field(
        "openid email profile",
        description="What is asked for, separated by spaces; of ProConnect: openid given_name usual_name email.",
    )
    oidc_acr_values: str = Field(
        "", description="Levels of assurance, separated by spaces, of which the provider must state one; empty: any."
    )
    oidc_second_factor: bool = Field(
        True, description="Ask for the desks' own second factor as well; false: the provider sees to it (set oidc_acr_values)."
    )
    oidc_role_claim: str = Field("", description="Claim with a person's roles (Keycloak: realm_access.roles); empty: none.")
    oidc_roles: str = Field(
        "",
        pattern=_ROLES,
        description="What its values stand for, VALUE=ROLE separated by spaces, the first that fits; accounts are then made "
        "and changed by it. Empty: only accounts that an administrator has made.",
    )

    @model_validator(mode="after")
    def _readable_hours(self) -> Self:
        _ = self.opening
        return self

    @model_validator(mode="after")
    def _whole_mail(self) -> Self:
        if self.smtp_host and "@" not in self.mail_from:
            raise BadSetting(*sentence("mail_from_missing"))
        if self.smtp_host and self.smtp_security == "none" and not _is_this_machine(self.smtp_host):
            raise BadSetting(*sentence("smtp_in_the_clear"))
        return self

    @model_validator(mode="after")
    def _whole_sign_in(self) -> Self:
        if not self.oidc_issuer:
            if not self.desk_passwords:
                raise BadSetting(*sentence("passwords_needed"))
            return self
        local = self.oidc_issuer.startswith(("http://127.0.0.1:", "http://localhost:"))
        if not self.oidc_issuer.startswith("https://") and not local:
            raise BadSetting(*sentence("oidc_issuer"))
        if not self.oidc_client_id or not self.oidc_client_secret.get_secret_value():
            raise BadSetting(*sentence("oidc_client_missing"))
        if "openid" not in self.oidc_scopes.split():
            raise BadSetting(*sentence("oidc_scopes"))
        if self.oidc_roles and not self.oidc_role_claim:
            raise BadSetting(*sentence("oidc_role_claim_missing"))
        return self

    @property
    def opening(self) -> OpeningHours:
        """Returns the hours in which the team answers."""
        return parse_opening_hours(self.desk_hours, self.desk_timezone, self.desk_country)

    @property
    def offer_of_answer(self) -> str:
        """Returns the response that offers a later answer: by telephone, and by e-mail where that can be sent."""
        return "utter_offer_call_or_mail" if self.smtp_host else "utter_offer_call_back"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
