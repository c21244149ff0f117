"""What may end a turn: a file a step, in the order that ``conversations.turn_pipeline`` gives them."""
