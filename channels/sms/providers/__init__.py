"""SMS providers, one file each: their requests to us, their signatures, and how a message is sent through them."""
