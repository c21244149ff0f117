"""Log lines: JSON, masked, without what exceptions quote."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from core.privacy.logs import configure_logs


@contextmanager
def logs() -> Iterator[None]:
    """Logs as a process sets them up; put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("test")
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def test_a_line_is_json_and_masked(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        structlog.get_logger("unit").warning("odd", note="06 12 34 56 78", nested={"list": ["a@b.fr"]}, count=3)
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["process"], line["level"], line["count"]) == ("odd", "test", "warning", 3)
    assert (line["note"], line["nested"]) == ("•••", {"list": ["•••"]})


def test_the_standard_librarys_loggers_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        logging.getLogger("elsewhere").error("sent to %s", "0612345678")
    assert json.loads(capsys.readouterr().err)["event"] == "sent to •••"


def test_who_opened_a_socket_is_nobodys_business(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "192.0.2.7:4711", "/api/web/socket")
        logging.getLogger("uvicorn.error").warning("worth a line")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "worth a line"


def test_an_exception_tells_its_type_and_place_and_nothing_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        try:
            raise ValueError("je suis enceinte de 3 mois")
        except ValueError:
            structlog.get_logger("unit").error("failed", exc_info=True)
            logging.getLogger("elsewhere").exception("failed")
    printed = capsys.readouterr().err
    assert "enceinte" not in printed
    for line in map(json.loads, printed.splitlines()):
        assert line["error"] == "ValueError"
        assert line["at"][-1].startswith("tests/unit/core/test_logs.py:")
