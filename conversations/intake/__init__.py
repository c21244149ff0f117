"""The way in: messages of every channel become rows, each once, masked."""
