"""Code shared by all pages of the service: security headers, files, and French and English typography."""
