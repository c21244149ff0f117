"""Blocks of a reply as they are written for channels and clients."""

from __future__ import annotations

from datetime import date

from core.turns import Option, Source


def test_option_without_extract_is_written_as_older_processes_know_it() -> None:
    assert Option(label="Aucune", payload="/none").model_dump(mode="json") == {"label": "Aucune", "payload": "/none"}


def test_option_with_extract_is_read_back_as_it_was() -> None:
    card = Option(
        label="Renoncer",
        payload="/a",
        entry="F1",
        entry_version=2,
        snapshot="s",
        extract="Vous pouvez renoncer.\n- au greffe",
        source=Source(name="service-public.fr", url="https://exemple.fr"),
        verified_on=date(2020, 8, 26),
    )
    assert Option.model_validate_json(card.model_dump_json()) == card


def test_option_describes_its_extract_to_integrators() -> None:
    schema = Option.model_json_schema(mode="serialization")
    assert {"entry", "entry_version", "snapshot", "extract", "source", "verified_on"} <= schema["properties"].keys()
    assert "extract" in schema["description"]
