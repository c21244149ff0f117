"""The gateway: the only process that listens to the outside. It acknowledges a message once SQL has it."""
