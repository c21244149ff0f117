"""Places: communes, the places that a message names, offices, and when these are open. Imports only ``core``."""
