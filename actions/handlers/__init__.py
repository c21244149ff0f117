"""Custom actions of Rasa: one file each, thin."""
