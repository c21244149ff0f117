"""Backups: a consistent copy of the record, snapshots and settings in one file of the age format, and the way back."""
