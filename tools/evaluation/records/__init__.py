"""Replies of the running service to a fixed choice of messages and dialogues, recorded and compared."""
