"""A process's metrics on its own loopback port, and the file by which Prometheus finds it.

Any free port is used, so that any number of workers may run on one machine. ``{home}/run/metrics/*.json`` are the targets in
the format of Prometheus' ``file_sd_configs``. Metrics have counts and times: no text, no id, no address.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, start_http_server

log = structlog.get_logger(__name__)


def targets_folder(home: Path) -> Path:
    """Returns the folder of the target files."""
    return home / "run" / "metrics"


@contextmanager
def metrics_server(process: str, home: Path, registry: CollectorRegistry = REGISTRY) -> Iterator[int]:
    """Serves ``registry`` on loopback while the block runs; yields the port.

    A process works also without metrics: if it gets no port or file, this is logged, and the port is 0.
    """
    file = targets_folder(home) / f"{process}-{os.getpid()}.json"
    try:
        server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
        _write(file, process, server.server_port)
    except OSError as error:
        log.warning("figures_not_exposed", error=type(error).__name__)
        yield 0
        return
    try:
        yield server.server_port
    finally:
        file.unlink(missing_ok=True)
        server.shutdown()
        server.server_close()
        thread.join()


def _write(file: Path, process: str, port: int) -> None:
    """Writes the target file in one step, and removes those of killed processes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for other in file.parent.glob("*-*.json"):
        if not _lives(int(other.stem.rpartition("-")[2])):
            other.unlink(missing_ok=True)
    aside = file.with_suffix(".part")
    aside.write_text(json.dumps([{"targets": [f"127.0.0.1:{port}"], "labels": {"process": process}}]))
    aside.replace(file)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
