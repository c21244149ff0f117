"""Settings of the service's operator, and of the addresses on which its processes listen."""

from typing import Literal

from pydantic import BaseModel, Field

from core.settings.validators import Address, Hosts, Networks, Port, WebPage


class ServiceSettings(BaseModel):
    """Part of ``core.settings.Settings``."""

    # Who runs the service: shown to citizens.
    service_name: str = Field("Guichet", description="Name of the service, as citizens read it.")
    organisation: str = Field("Mairie de démonstration", description="The administration that answers for the service.")
    contact_url: str = Field("", description="Page where citizens find other ways to reach the administration.")
    contact_phone: str = Field("", description="Telephone number given when the service has no answer.")
    relay_url: WebPage = Field(
        "", description="Page of the telephone relay by which deaf and hard-of-hearing people call contact_phone (French law)."
    )
    relay_means: str = Field("", description="Ways in which the relay translates, in words: texte, LSF, LfPC.")
    relay_hours: str = Field("", description="When the relay answers, in words.")
    contact_email: str = Field("", description="E-mail address shown on the public pages.")
    opening_hours: str = Field("", description="Opening hours in words, as citizens read them.")
    # The administration's own office, as a place on a card (docs/places.md). Without its commune nothing is shown of it.
    office_commune: str = Field(
        "",
        pattern=r"^(\d[\dAB]\d{3})?$",
        description="INSEE code of the commune of the administration's own office; empty: none.",
    )
    office_kind: str = Field("mairie", description="Kind of that office (places/offices/kinds.yml).")
    office_hours: str = Field(
        "", description="Its opening hours, as OpenStreetMap writes them: Mo-Fr 09:00-12:00,14:00-17:00; PH off."
    )
    contact_address: str = Field("", description="Where citizens are received, on one line. Empty: legal_address.")
    contact_access: str = Field("", description="How to get there, in words: stops, parking, step-free entrance.")
    own_names: str = Field(
        "mairie",
        description="Names of this administration in answers, separated by commas (préfecture, sous-préfecture): an answer "
        "with one of them also shows its address, hours and telephone.",
    )
    appointment_url: WebPage = Field("", description="Page on which citizens make an appointment.")
    opinion_url: WebPage = Field(
        "", description="Where citizens judge the service as a whole: the address of the State's button 'Je donne mon avis'."
    )
    # Publications required by French law: shown on /legal, /privacy and /accessibility.
    legal_address: str = Field("", description="Postal address of the administration, on one line.")
    publication_director: str = Field("", description="Who directs the publication: name and office.")
    hosting_provider: str = Field("", description="Who hosts the service: name, address and telephone, on one line.")
    data_protection_contact: str = Field("", description="E-mail or postal address of the data protection officer.")
    accessibility_status: Literal["none", "partial", "full"] = Field(
        "none", description="Conformance with RGAA: full, partial, or none (also where no audit is in force)."
    )
    accessibility_audit: str = Field("", description="The last RGAA audit: who, when, share of criteria met. Empty: none.")
    accessibility_scheme: WebPage = Field(
        "", description="Page with the multi-year accessibility scheme (schéma pluriannuel), which French law wants published."
    )
    accessibility_plan: WebPage = Field("", description="Page with this year's accessibility action plan (plan d'action).")

    default_language: Literal["fr", "en"] = Field("fr", description="Language of a conversation that names none.")

    # Where it listens. Only the gateway listens beyond loopback, unless inner_host says otherwise.
    host: str = Field("127.0.0.1", description="Address of the gateway. Loopback until a public URL is set.")
    port: Port = Field(8080, description="Port of the gateway.")
    proxies: Networks = Field(
        "",
        description="Addresses or networks of reverse proxies on other machines or in containers, separated by commas: "
        "their X-Forwarded-For header is trusted. Empty: only a proxy on this machine is.",
    )
    public_url: Address = Field(
        "", description="Address citizens use, https:// in production; signatures are checked against it."
    )
    hosts: Hosts = Field(
        "",
        description="Names under which the gateway answers, separated by commas (*.example.fr: any of that domain; *: any); "
        "others get 421. Empty: that of public_url. This machine's own names are always among them.",
    )
    hsts_seconds: int = Field(
        31_536_000,
        ge=0,
        description="How long a browser that was here uses only https (Strict-Transport-Security), where public_url is https; "
        "0: not said.",
    )
    rasa_port: Port = Field(5005, description="Port of Rasa.")
    actions_port: Port = Field(5055, description="Port of the action server.")
    redis_port: Port = Field(6390, description="Loopback port of the embedded Redis.")
    inner_host: str = Field(
        "127.0.0.1",
        description="Address that Rasa and the action server listen on. Other than loopback, it needs a network policy that "
        "admits no other clients (deploy/helm).",
    )
    rasa_host: str = Field("127.0.0.1", description="Host of Rasa for the other processes; several as HOST:PORT with commas.")
    actions_host: str = Field("127.0.0.1", description="Host of the action server for the other processes and Rasa.")
    production: bool = Field(False, description="Refuse demonstration data, the simulator and plain-HTTP public URLs.")

    @property
    def relay(self) -> str:
        """Returns the telephone relay in one line, empty if there is none: ways and hours, or its address."""
        hours = f" ({self.relay_hours})" if self.relay_hours else ""
        return f"{self.relay_means}{hours}" if self.relay_means else self.relay_url

    @property
    def relay_with_address(self) -> str:
        """Returns the same with its address, as it stands in a sentence."""
        return ", ".join(dict.fromkeys(part for part in (self.relay, self.relay_url) if part))

    @property
    def relay_brief(self) -> str:
        """Returns the telephone relay in the fewest words: its address, or its ways."""
        return self.relay_url or self.relay_means

    @property
    def contact(self) -> str:
        """Returns how to reach the administration, in one line: telephone, e-mail, page and hours as set, else its name."""
        return ", ".join(part for part in (self.contact_ways, self.opening_hours) if part) or self.organisation

    @property
    def contact_ways(self) -> str:
        """Returns the same without the hours; empty if nothing is set."""
        return ", ".join(part for part in (self.contact_phone, self.contact_email, self.contact_url) if part)
