"""What is added to a turn that a step has ended: to its blocks, before it in messages of their own, or as it is committed."""
