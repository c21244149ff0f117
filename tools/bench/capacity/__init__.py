"""How many processes, cores and machines a number of messages needs: reckoned from a kept run, checked by a simulation."""
