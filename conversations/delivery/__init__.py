"""Deliveries: the outbox of channels that push, its costs, and the numbers that must not be written to."""
