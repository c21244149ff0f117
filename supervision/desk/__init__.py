"""The supervisors' desk: the parts of the staff shell (``desk``) for work on conversations."""
