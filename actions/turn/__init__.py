"""One turn about pages: the message and what is known when it comes, how a page answers it, what is offered."""
