"""Analytics: counts of the service's work: insights, open data, costs, service levels."""
