"""The wordings of service-public's pages and their parts."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.sources.wordings import Wordings

WORDINGS = Wordings(Path(__file__).parent)
