"""The steps from a message to a reply, one per file. Each ends the turn, or passes. Their order is in ``actions.composer``."""
