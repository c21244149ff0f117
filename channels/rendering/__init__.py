"""Pure functions from a reply's blocks to what a channel shows."""
