"""The supervisors' desk: parts of the staff shell (``desk``) that work on conversations."""
