"""Two changes of one entry made one: of a source and an editor, or of two editors."""
