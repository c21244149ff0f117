"""Two sets of the service on one PostgreSQL and one Valkey, each in a network namespace, and the faults between them."""
