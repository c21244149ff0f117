"""Intake: messages of every channel become rows, each once, masked."""
