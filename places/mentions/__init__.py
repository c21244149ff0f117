"""Places that a message names, and which of them say where its writer lives or where an office is asked for."""
