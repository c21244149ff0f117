"""Training of the second looks at what may be a danger."""
