"""Open data: the figures of each month, with small cells left out so that nobody can be recognised."""
