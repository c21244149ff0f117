"""Merges two changes of one entry: of a source and an editor, or of two editors."""
