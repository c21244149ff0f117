"""Conversations, messages and replies as rows: opened, written, erased, deleted after the retention period."""
