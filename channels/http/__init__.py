"""What all HTTP routes share: the gateway's parts, who is calling, and limits."""
