"""The gateway: the only process that listens to the outside. Everything it accepts is in SQL before it says so."""
