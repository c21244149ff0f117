"""How messages come and go: transport only. One folder a channel (``web/``, ``sms/``), and what serves them over HTTP.

- ``web/``       the widget's API, its files, and the public pages
- ``sms/``       providers, one file each; text and segments; the simulator
- ``rendering/`` replies as plain text
- ``http/``      what all routes share: who is calling, and limits
- ``gateway/``   the one process that listens to the outside

What a channel must offer is ``conversations.ports``; what becomes of a message is ``conversations``.
"""
