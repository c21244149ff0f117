"""Pure functions on text that several packages need."""
