"""The administration's own synonyms: kept in the record by editors, followed by every node."""
