"""Importing the contracts is cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["retrieval.contracts", "retrieval.snapshots.folder", "retrieval.evaluation"])
def test_importing_brings_neither_torch_nor_an_index(module: str) -> None:
    heavy = "{'torch', 'spacy', 'faiss', 'sentence_transformers'}"
    probe = f"import sys, {module}; sys.exit(', '.join({heavy} & set(sys.modules)) or None)"
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
