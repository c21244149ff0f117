"""The steps from a message to a reply, one a file: each ends the turn, or passes. Their order: ``actions.composer``."""
