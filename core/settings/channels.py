"""The citizens' channels: the widget and SMS."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from core.languages import PANEL_LANGUAGES
from core.settings.validators import Colour, Networks, PanelLanguages, Prefixes, Sites


class ChannelSettings(BaseModel):
    """Part of ``core.settings.Settings``."""

    # Website widget.
    widget_sites: Sites = Field("*", description="Origins that may embed the widget, separated by commas; * in demonstration.")
    widget_languages: PanelLanguages = Field(
        ",".join(PANEL_LANGUAGES),
        description="Languages that the website's assistant offers besides default_language, separated by commas; a message in "
        "another one is answered all the same.",
    )
    widget_colour: Colour = Field("#0b5c6b", description="Main colour of the widget (#rrggbb).")
    widget_logo_url: str = Field("", description="Image beside the name of the service.")

    first_questions: str = Field(
        "",
        description="Questions offered before the first message, separated by |. One that begins with a language (en: How …?) "
        "is for its readers, the others for those of default_language.",
    )
    asked_most: bool = Field(
        True,
        description="Offer after them the pages that were shown most in the last four weeks (at least 10 times) and helped.",
    )

    suggestions: bool = Field(
        True,
        description="Suggest questions on the website while a citizen types, from the titles and wordings of pages. What is "
        "typed goes to this service, and is not stored.",
    )

    # SMS.
    sms_provider: Literal["", "simulator", "twilio", "vonage", "ovh", "generic"] = Field(
        "simulator", description="Provider of SMS: the simulator (demonstration), twilio, vonage, ovh, generic; empty: no SMS."
    )
    sms_second_provider: Literal["", "twilio", "vonage", "ovh", "generic"] = Field(
        "", description="Provider of the SMS that the first one cannot send; empty: none."
    )
    sms_delivery_minutes: float = Field(10, gt=0, description="An SMS that could not be handed over for this long expires.")
    sms_max_segments: int = Field(3, ge=1, le=10, description="Longest reply by SMS, in segments.")
    sms_keep_accents: bool = Field(
        False, description="Send ê, ç, À… as written even where this costs a segment more (70 characters each instead of 160)."
    )
    sms_segment_euros: float = Field(
        0.05, ge=0, description="What one segment costs, in euros; ./guichet sms price reckons with it."
    )
    sms_messages_per_minute: int = Field(10, ge=1, description="Messages of one number in a minute that are answered.")
    sms_messages_per_day: int = Field(100, ge=1, description="Messages of one number in a day that are answered.")
    sms_segments_per_day: int = Field(200, ge=1, description="Segments sent to one number in a day; then it gets no more.")
    sms_copies_per_day: int = Field(
        3, ge=0, description="Answers of the website that are sent to one telephone in a day, on request. 0: none."
    )
    sms_service_copies_per_day: int = Field(
        300, ge=0, description="The same for all telephones together: anybody may request them, for any number. 0: no limit."
    )
    sms_service_segments_per_day: int = Field(
        0,
        ge=0,
        description="Segments sent to all citizens in a day; then only STOP is confirmed, and numbers given in a danger. 0: no "
        "limit. Logged from 80 % on.",
    )
    sms_allowed_prefixes: Prefixes = Field(
        "+33,+262,+508,+590,+594,+596,+681,+687,+689",
        description="Numbers that are answered, by their beginnings, separated by commas; *: all but those refused.",
    )
    sms_refused_prefixes: Prefixes = Field(
        "+338", description="Numbers that are refused (premium rates). If both lists match, the longer beginning decides."
    )
    twilio_account_sid: str = Field("", description="Twilio account (AC…).")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Twilio's auth token: checks and makes signatures.")
    sms_secret_also: SecretStr = Field(
        SecretStr(""),
        description="The other secret of the provider's webhooks, accepted while it changes: Twilio's auth token, "
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
    sms_poll_seconds: float = Field(5, gt=0, description="Seconds between two polls of a provider without webhooks (ovh).")
    sms_generic_file: str = Field("", description="YAML description of the generic provider (docs/guides/sms-operators.md).")
    sms_generic_account: str = Field("", description="Account at the generic provider.")
    sms_generic_secret: SecretStr = Field(SecretStr(""), description="Its secret: password, token or HMAC key.")
    sms_generic_sender: str = Field("", description="Number or name that sends at the generic provider.")

    # Webhooks to other programs (docs/guides/api.md).
    webhook_networks: Networks = Field(
        "",
        description="Inner addresses or networks, separated by commas, to which webhooks may be sent; empty: public ones only.",
    )
