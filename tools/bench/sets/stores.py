"""A PostgreSQL and a Valkey (or Redis) of their own, in the namespace of the stores. Nothing of them is left afterwards."""

from __future__ import annotations

import pwd
import secrets
import shutil
import subprocess
import time
from pathlib import Path

import redis

from cli.language import Refusal
from cli.processes import redis_binary
from tools.bench.sets.network import STORES, within

_USER = "postgres"  # PostgreSQL refuses to run as root
_DEBIAN = Path("/usr/lib/postgresql")
_WAIT_SECONDS = 20.0


class Stores:
    """Both servers, with their data under ``folder``. Use it in ``with``: they then run."""

    def __init__(self, folder: Path, host: str) -> None:
        self._data, self._host = folder / "postgresql", host
        self._password = secrets.token_urlsafe(16)
        self._valkey: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Stores:
        self._data.mkdir()
        self._data.parent.chmod(0o711)  # PostgreSQL's user passes through it, whatever this command's umask
        try:
            owner = pwd.getpwnam(_USER)
        except KeyError:
            raise _missing("postgresql") from None
        shutil.chown(self._data, owner.pw_uid, owner.pw_gid)
        password = self._data.with_name("password")
        password.write_text(self._password)
        shutil.chown(password, owner.pw_uid)
        self._postgresql("initdb", "--pwfile", str(password), "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8")
        with (self._data / "pg_hba.conf").open("a") as access:
            access.write("host all all 10.213.0.0/16 scram-sha-256\n")
        self._postgresql("pg_ctl", "start", "--options", f"-c listen_addresses=* -c unix_socket_directories={self._data}")
        self.start_valkey()
        return self

    def __exit__(self, *_: object) -> None:
        self._postgresql("pg_ctl", "stop", "--mode=immediate", check=False)
        self.kill_valkey()

    def database_url(self, host: str) -> str:
        """Returns the record's address as reached at ``host``."""
        return f"postgresql+asyncpg://{_USER}:{self._password}@{host}:5432/postgres"

    def redis_url(self, host: str) -> str:
        """Returns Valkey's address as reached at ``host``."""
        return f"redis://:{self._password}@{host}:6379/0"

    def restart_postgresql(self) -> None:
        """Stops PostgreSQL, which ends all its connections, and starts it again."""
        self._postgresql("pg_ctl", "restart", "--mode=fast")

    def start_valkey(self) -> None:
        """Starts Valkey, and waits until it answers. Raises ``Refusal``."""
        if not redis_binary():
            raise _missing("valkey-server")
        argv = [redis_binary(), "--port", "6379", "--requirepass", self._password, "--save", "", "--bind", "0.0.0.0"]  # noqa: S104
        self._valkey = subprocess.Popen(within(STORES, *argv), stdout=subprocess.DEVNULL)  # noqa: S603
        deadline = time.monotonic() + _WAIT_SECONDS
        with redis.Redis.from_url(self.redis_url(self._host)) as client:
            while time.monotonic() < deadline:
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.1)
                else:
                    return
        raise Refusal("Valkey ne répond pas.", "Valkey does not answer.")

    def kill_valkey(self) -> None:
        """Kills Valkey, which forgets everything."""
        if self._valkey is not None:
            self._valkey.kill()
            self._valkey.wait()
            self._valkey = None

    def _postgresql(self, program: str, *arguments: str, check: bool = True) -> None:
        """Runs one of PostgreSQL's own programs on the data, as PostgreSQL's user. Raises ``Refusal`` if it fails."""
        log = self._data.with_name("postgresql.log")
        argv = [_program(program), "-D", str(self._data), *arguments]
        with log.open("ab") as out:
            user = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups", *argv]
            code = subprocess.run(  # noqa: S603
                within(STORES, *user), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", check=False
            ).returncode
        if code and check:
            last = log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise Refusal(f"{program} : {last} (voir {log})", f"{program}: {last} (see {log})")


def _program(name: str) -> str:
    """Returns the path of one of PostgreSQL's programs, of the newest version installed. Raises ``Refusal``."""
    found = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if program := str(found[-1]) if found else shutil.which(name):
        return program
    raise _missing("postgresql")


def _missing(package: str) -> Refusal:
    return Refusal(f"Il manque {package} : apt-get install {package}.", f"{package} is missing: apt-get install {package}.")
