"""Analytics: what the service came to, in counts: insights, open data, costs, service levels."""
