"""Pure functions from a reply's blocks to a channel's text."""
