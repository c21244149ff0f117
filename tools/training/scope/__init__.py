"""Training of what tells a question for an administration from anything else."""
