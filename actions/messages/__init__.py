"""The meaning of one message on its own: pure functions of its text."""
