"""One turn about pages: the message and the state before it, how a page answers it, and what is offered."""
