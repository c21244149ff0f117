"""The worker: takes wake-ups, holds a conversation's lease, handles its messages in order, commits, then sends."""
