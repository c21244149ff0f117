"""Offices: what a directory says of them, how it is imported and kept, and which one a message asks for."""
