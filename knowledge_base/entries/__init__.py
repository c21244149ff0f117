"""Entries in the database: what an import changes, how changes are merged, and what citizens get. Their safe Markdown."""
