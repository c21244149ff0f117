"""Transport only: how messages arrive and leave. One folder for each channel (``web/``, ``sms/``), and the HTTP server.

- ``web/``       the widget's API, its files, and the public pages
- ``sms/``       providers, one file each; text and segments; the simulator
- ``rendering/`` replies as plain text
- ``http/``      shared by all routes: authentication of the caller, and limits
- ``gateway/``   the one process that listens to the outside

``conversations.ports`` has the contract of a channel; ``conversations`` handles the messages.
"""
