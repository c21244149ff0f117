"""Service control: what is said to everybody, and which channels are switched off. In the record; every process reads it."""
