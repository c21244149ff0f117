"""Editors' work on entries: revisions, drafts, comparison, merging, steps towards publication."""
