"""Supervision: people answer citizens, check the bot's answers and review them."""
