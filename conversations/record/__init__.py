"""Conversations, messages and replies as rows: opened, written, erased, deleted when their time is over."""
