"""Steps that may end a turn: one file each, in the order that ``conversations.turn_pipeline`` gives."""
