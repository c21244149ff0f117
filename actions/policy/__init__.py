"""What a message of a conversation under way is taken for."""
