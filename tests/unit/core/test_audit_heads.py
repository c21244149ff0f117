"""Heads of the audit, signed: nobody without the key can make or change one."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.audit.heads import Head, Signer, load_heads


def test_a_head_proves_who_signed_it_and_what() -> None:
    ours, theirs = Signer("ours"), Signer("theirs")
    head = ours.sign(12, "ab" * 32, ("c1", "c2"))
    assert ours.has_signed(head)
    assert ours.has_signed(Head.model_validate_json(head.line()))
    assert not ours.has_signed(theirs.sign(12, "ab" * 32, ("c1", "c2")))
    for change in ({"seq": 11}, {"digest": "cd" * 32}, {"erased": ("c1",)}, {"signature": "00"}, {"key": theirs.public}):
        assert not ours.has_signed(head.model_copy(update=change))


def test_a_signer_needs_a_key() -> None:
    with pytest.raises(ValueError, match="empty"):
        Signer("")


def test_a_line_that_is_no_head_is_named(tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text(Signer("k").sign(1, "00").line() + "\n{}\n")
    with pytest.raises(ValueError, match="line 3"):
        load_heads(file)
