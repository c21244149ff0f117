"""Rasa's custom actions."""
