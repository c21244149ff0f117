"""What one message says by itself: pure functions of its text."""
