"""The action server: its HTTP application, and what it does besides Rasa's custom actions."""
