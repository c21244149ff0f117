"""What steps and additions share: the reading of a message, replies to a danger, choices that are typed, a turn's deadline."""
