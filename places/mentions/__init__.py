"""The places that a message names, and which of them are the writer's home or the place of an office."""
