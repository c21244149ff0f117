"""Paths and addresses derived from the settings: the record, Redis, the processes."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from core.languages import PANEL_LANGUAGES

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1", "[::1]")


class DerivedSettings:
    """Part of ``core.settings.Settings``, which has the fields."""

    if TYPE_CHECKING:
        home: Path
        ledger: str
        synonyms: str
        database_url: str
        redis_url: str
        redis_port: int
        internal_secret: SecretStr
        public_url: str
        host: str
        port: int
        hosts: str
        rasa_host: str
        rasa_port: int
        actions_host: str
        actions_port: int
        default_language: str
        widget_languages: str

    @property
    def synonyms_file(self) -> Path:
        """Returns the file with the operator's synonyms, in addition to the desk's. The file may be missing."""
        return Path(self.synonyms) if self.synonyms else self.home / "synonyms.yml"

    @property
    def communes_file(self) -> Path:
        """Returns the file with the communes of France (``./guichet places communes``); it may be missing."""
        return self.home / "places" / "communes.tsv"

    @property
    def sql_url(self) -> str:
        """Returns the record's address in SQLAlchemy's form, always with an asynchronous driver."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'guichet.db'}"

    @property
    def ledger_file(self) -> Path:
        """Returns the ledger. By default it is next to the state folder: losing one volume then loses only one of them."""
        return Path(self.ledger) if self.ledger else self.home.absolute().with_name(f"{self.home.name}-ledger") / "ledger.jsonl"

    @property
    def trackers_file(self) -> Path:
        """Returns the file in which the dialogue engine stores conversations while the record is SQLite."""
        return self.home / "trackers.db"

    @property
    def redis_address(self) -> str:
        """Returns the address of Redis: the administration's, or the embedded one."""
        if self.redis_url:
            return self.redis_url
        return f"redis://:{self.internal_secret.get_secret_value()}@127.0.0.1:{self.redis_port}/0"

    @property
    def base_url(self) -> str:
        """Returns the public address of the gateway, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_proxied(self) -> bool:
        """Decides whether citizens reach the gateway through a reverse proxy: its requests look like this machine's own."""
        return bool(self.public_url) and urlsplit(self.public_url).hostname not in (*_THIS_MACHINE, self.host)

    @property
    def allowed_hosts(self) -> list[str]:
        """Returns the host names under which the gateway answers; ``*`` among them: any."""
        named = [host.strip() for host in self.hosts.split(",") if host.strip()]
        if not named and not self.public_url and self.listens_everywhere:
            named = ["*"]  # nobody has said what this machine is called
        own = urlsplit(self.base_url).hostname or ""
        return [*(named or [own]), *_THIS_MACHINE, self.host]

    @property
    def listens_everywhere(self) -> bool:
        return self.host in ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound

    @property
    def offered_languages(self) -> list[str]:
        """Returns the languages to choose from on the website's assistant."""
        offered = {self.default_language, *(name.strip() for name in self.widget_languages.split(","))}
        return [language for language in PANEL_LANGUAGES if language in offered]

    @property
    def privacy_url(self) -> str:
        """Returns the address of the page about the use of citizens' data."""
        return f"{self.base_url}/privacy"

    @property
    def own_url(self) -> str:
        """Returns the address of the gateway on this machine."""
        host = "127.0.0.1" if self.listens_everywhere else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def rasa_urls(self) -> tuple[str, ...]:
        """Returns the address of each Rasa server, in the order of ``rasa_host``."""
        hosts = (host.strip() for host in self.rasa_host.split(",") if host.strip())
        return tuple(f"http://{host}" if ":" in host else f"http://{host}:{self.rasa_port}" for host in hosts)

    @property
    def rasa_url(self) -> str:
        """Returns the address of the first Rasa server: on one machine, the one that ``./guichet up`` starts."""
        return self.rasa_urls[0]

    @property
    def actions_url(self) -> str:
        return f"http://{self.actions_host}:{self.actions_port}"
