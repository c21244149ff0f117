"""Deliveries: the outbox of channels that push, what it costs, and who must not be written to."""
