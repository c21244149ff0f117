"""What one turn is made of: the parts that ``conversations.turn_pipeline`` calls."""
