"""SMS: text and segments (``encoding``), one file a provider (``providers/``), webhooks, outbox, and the simulator's phone."""
