"""A second check, by meaning, of messages that the dialogue's classifier takes for a danger."""
