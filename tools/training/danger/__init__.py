"""Training of the second looks: the models that recognise a danger in a message."""
