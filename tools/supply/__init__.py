"""The components of the service: packages, their licences, their known vulnerabilities, and their origin."""
