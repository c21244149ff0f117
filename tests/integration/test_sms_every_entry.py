"""Pages of both sources as their first SMS: at most three segments, nothing cut in two, cheap alphabet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from channels.sms.composition import sms_renderer
from cli.sms.first_messages import Compiled, compile_entries, summary
from conversations.wording import Wording
from core.settings import ROOT, Settings
from knowledge_base.errors import FetchFailed
from knowledge_base.sources.npm import fetch_pinned
from knowledge_base.sources.service_public.importer import Reading
from knowledge_base.sources.travail_emploi.importer import read as read_labour_pages
from knowledge_base.sources.travail_emploi.package import PACKAGE
from tests.integration.channels_support import settings_for


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for("", "", tmp_path_factory.mktemp("home"), public_url="https://guichet.exemple.fr")


@pytest.fixture(scope="module", params=[4, pytest.param(1, marks=pytest.mark.long)])
def compiled(request: pytest.FixtureRequest, settings: Settings, service_public: Reading) -> list[Compiled]:
    """Every fourth page, or all of them."""
    try:
        labour = fetch_pinned(PACKAGE, Path(os.environ.get("GUICHET_HOME", ROOT / "var")))
    except FetchFailed as failure:
        pytest.skip(f"the package is not in the cache, and: {failure.en}")
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    entries = (*service_public.entries, *read_labour_pages(labour))[:: request.param]
    found = compile_entries(entries, sms_renderer(settings, wording), wording, old_after_months=18)
    assert len(found) > (3300 + 250) // request.param
    return found


def test_every_first_part_fits_and_is_whole(compiled: list[Compiled]) -> None:
    assert len({one.entry for one in compiled}) == len(compiled)
    assert {one.entry for one in compiled if one.segments > 3} == set()
    assert {one.entry: one.words_cut for one in compiled if one.words_cut} == {}
    assert {one.entry: one.links_cut for one in compiled if one.links_cut} == {}


def test_nearly_all_travel_in_the_cheap_alphabet(compiled: list[Compiled]) -> None:
    found = summary(compiled, segment_euros=0.05)
    assert found.gsm7_share >= 0.95
    assert 1 < found.mean_segments <= 3
    assert found.euros == pytest.approx(found.mean_segments * 0.05, abs=1e-4)


def test_links_are_the_service_s_own_and_short(compiled: list[Compiled]) -> None:
    with_link = [one for one in compiled if one.link.startswith("https://guichet.exemple.fr/l/")]
    assert len(with_link) > 0.95 * len(compiled)
