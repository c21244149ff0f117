"""How many processes, cores and machines a number of messages needs: computed from a stored run, checked by a simulation."""
