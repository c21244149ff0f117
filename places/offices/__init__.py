"""Offices: their data in a directory, how it is imported and stored, and which office a message asks for."""
