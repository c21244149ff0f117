"""One fault after another in the running service, under light load on the website and by SMS, and its effects on citizens."""
