"""Editors' work on entries: revisions, drafts, comparison, conflicts, steps towards publication."""
