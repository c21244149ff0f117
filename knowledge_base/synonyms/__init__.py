"""The administration's own synonyms: stored in the database by editors, followed by every node."""
