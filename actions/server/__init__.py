"""The action server: its HTTP application, and its services in addition to Rasa's custom actions."""
