"""What the service is made of: which packages, under which licences, with which known vulnerabilities, from where."""
