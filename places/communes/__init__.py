"""The communes of France, with départements, postal codes, former communes and EPCI."""
