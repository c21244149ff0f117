"""What every page of the service shares: security headers, files, and how French and English are set."""
