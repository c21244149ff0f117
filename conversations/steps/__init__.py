"""Steps of a turn before the dialogue engine is asked, and leading messages; composed in ``cli.worker``."""
