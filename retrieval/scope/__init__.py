"""What a message is: a question for an administration, nobody's business, or a fragment that says nothing of its subject."""
