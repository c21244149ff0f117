"""Replies of the running service to a fixed set of messages and dialogues, recorded and compared."""
