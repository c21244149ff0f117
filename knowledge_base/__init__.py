"""Entries and how they come into the record: importers, revisions, publishing."""
