"""Places: communes, where one is named in a message, offices, and when they are open. Imports only ``core``."""
