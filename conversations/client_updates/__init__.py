"""What a waiting client receives: replies as they come, and the expected wait."""
