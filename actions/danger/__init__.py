"""A second look, by meaning, at messages that the dialogue's classifier takes for a danger."""
