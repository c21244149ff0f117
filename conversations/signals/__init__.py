"""What Redis is for: wake-ups, news, counts. Nothing that must not be lost."""
