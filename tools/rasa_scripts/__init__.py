"""Scripts that Rasa's own Python runs for the tools. They import nothing of ours but ``bot``."""
