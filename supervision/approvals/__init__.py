"""Approval before sending: answers about chosen subjects wait for a supervisor, and the citizen is informed."""
