"""Settings of the record, Redis, secrets, the audit and backups."""

from pathlib import Path

from pydantic import AliasChoices, BaseModel, Field, JsonValue, SecretStr

from core.redis_address import RedisUrl
from core.settings.validators import AgeKey, AgeRecipients, DatabaseUrl, HeadsLocation, LockedUrl, Secret, SharedUrl

ROOT = Path(__file__).resolve().parents[2]
# A secret that may be missing (code that needs it says so), but that ./guichet up generates like the others.
GENERATED: dict[str, JsonValue] = {"made": True}
AGE: dict[str, JsonValue] = {"made": "age"}  # one in the form of an age secret key
_ALSO = "The next or previous one, also accepted while it changes (SECURITY.md)."


class RecordSettings(BaseModel):
    """Part of ``core.settings.Settings``."""

    # The record and the event bus.
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
    internal_secret: Secret = Field(description="Authenticates the processes to each other on loopback.")
    address_key: Secret = Field(description="Keys the digests of telephone numbers, and encrypts the numbers themselves.")
    secret_key_also: SecretStr = Field(SecretStr(""), description=_ALSO)
    internal_secret_also: SecretStr = Field(SecretStr(""), description=_ALSO)
    address_key_also: SecretStr = Field(SecretStr(""), description=_ALSO)
    audit_key: SecretStr = Field(
        SecretStr(""),
        json_schema_extra=GENERATED,
        description="Signs the audit's heads, and nothing else; written by ./guichet up. Empty: heads are not exported.",
    )

    model_key: SecretStr = Field(
        SecretStr(""),
        json_schema_extra=GENERATED,
        description="Signs the dialogue model once it is trained; written by ./guichet up. Rasa loads no other.",
    )
    model_public_key: str = Field(
        "",
        description="Where models are trained on another machine, that one's public key (./guichet train key): model_key then "
        "stays there.",
    )

    # The audit.
    audit_heads: HeadsLocation = Field(
        "",
        description="Where signed heads of the audit go: a file on another machine's disk, or an https:// address (POST); "
        "empty: nowhere.",
    )
    audit_heads_minutes: float = Field(5, gt=0, description="How often a head is sent there, if there is anything new.")

    audit_days: int = Field(
        1096,
        ge=0,
        description="The audit's rows are deleted after this many days (three years); a checkpoint in the chain takes their "
        "place. 0: never.",
    )

    # The ledger of the rows that a restore must replay (docs/runbooks/backup.md).
    ledger: str = Field(
        "",
        description="File of the ledger of disabled accounts, changed rights and secrets, and erasures, which a restore "
        "replays: on another disk than the record, in a folder that exists. Empty: beside the state folder.",
    )
    ledger_copies: LockedUrl = Field(
        "",
        description="Where copies of the ledger go: s3://bucket/prefix, in a bucket with object lock; empty: nowhere.",
    )
    ledger_days: int = Field(
        400, ge=1, description="How long a copy cannot be deleted there: at least as long as the oldest backup is kept."
    )

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

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Returns the key that signs, then those that are also accepted; the next two properties are similar."""
        return _both(self.secret_key, self.secret_key_also)

    @property
    def internal_secrets(self) -> tuple[str, ...]:
        return _both(self.internal_secret, self.internal_secret_also)

    @property
    def address_keys(self) -> tuple[str, ...]:
        return _both(self.address_key, self.address_key_also)

    @property
    def internal_headers(self) -> dict[str, str]:
        """Returns the header by which one process authenticates to another."""
        return {"X-Guichet-Secret": self.internal_secret.get_secret_value()}


def _both(first: SecretStr, also: SecretStr) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in (first, also) if secret.get_secret_value())
