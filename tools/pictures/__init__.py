"""Pictures of the running service, for README and guides."""
