"""Access for other programs: tokens, the API ``/api/v1``, and signed webhooks."""
