"""Signed messages to other programs' addresses when something happens. They never hold what a citizen wrote."""
