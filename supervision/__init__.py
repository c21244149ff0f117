"""Supervision: people who answer, check and review what the bot says."""
