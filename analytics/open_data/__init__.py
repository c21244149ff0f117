"""Open data: what each month came to, with small cells left out so that nobody can be told from a figure."""
