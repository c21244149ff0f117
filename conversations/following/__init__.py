"""What a client that waits is told: replies as they come, and how long others have waited."""
