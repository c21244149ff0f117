"""Entries, from a source to what citizens get.

- ``sources/`` reads pages and files; ``imports`` (command line) and ``import_tasks`` (desk) bring them into the database.
- ``entries/`` decides and writes what an import changes, merges it with editors' changes, and knows what is published.
- ``editing/`` is the work of editors; ``publishing/`` brings it to citizens, through a gate; ``synonyms/`` are their words.
- ``quality/`` measures the answers; ``exchange/`` writes and reads the whole as one file; ``desk/`` has the pages of editors.
"""
