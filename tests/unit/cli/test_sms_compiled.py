"""Entries as their first SMS, and their sum."""

from __future__ import annotations

from datetime import date

import pytest

from channels.sms.rendering import SmsRenderer
from cli.sms.first_messages import compile_entries, summary
from conversations.wording import Wording
from core.entry import Entry
from core.settings import ROOT

WORDING = Wording.load(ROOT / "domain.yml")


def entry(identifier: str, text: str, **more: object) -> Entry:
    values: dict[str, object] = {
        "id": identifier,
        "collection": "c",
        "title": "Perte de la carte d’identité",
        "short_answer": text,
        "source": "exemple.fr",
        "urls": {"": f"https://www.exemple.fr/particuliers/vosdroits/{identifier}"},
        "verified_on": date(2020, 3, 12),
    }
    return Entry.model_validate(values | more)


ENTRIES = [
    entry("F1", "Allez en mairie."),
    entry("F2", "Une phrase assez longue pour compter. " * 30),
    entry("F3", "Un long passage. " * 60, sms_text="Venez avec une photo."),
    entry("F4", ""),
    entry("F5", "Принесіть фото до мерії."),
]


def test_each_entry_with_a_text_is_compiled() -> None:
    renderer = SmsRenderer(WORDING)
    one, two, three, five = compile_entries(ENTRIES, renderer, WORDING, old_after_months=18)
    assert (one.segments, one.parts, one.gsm7) == (1, 1, True)
    assert (two.segments, two.gsm7) == (2, True)  # the sentences that answer, the rest by SUITE
    assert two.text.count("Une phrase assez longue pour compter.") == 3
    assert two.parts > 2
    assert two.all_segments > two.segments
    assert "Venez avec une photo." in three.text
    assert three.parts > 1
    assert not five.gsm7
    assert all(not found.words_cut and not found.links_cut for found in (one, two, three, five))
    assert one.text.splitlines()[2].startswith("Au ")
    assert one.text.count("12/03/2020") == 1


def test_summary_of_two_entries_is_their_mean() -> None:
    compiled = compile_entries(ENTRIES[:2], SmsRenderer(WORDING), WORDING, old_after_months=18)
    found = summary(compiled, segment_euros=0.1)
    assert (found.entries, found.mean_segments, found.most_segments, found.gsm7_share) == (2, 1.5, 2, 1.0)
    assert found.euros == 0.15
    with pytest.raises(ZeroDivisionError):
        summary([], segment_euros=0.1)
