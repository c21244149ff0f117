"""The simulator: phones on a page and a simulated Twilio, with an account of its own. Loopback only.

- ``account``   its account, derived from the secret key; and access to the simulator
- ``exchange``  connects phones with our gateway: messages, and their simulated fate (``texts``)
- ``twilio``    the simulated Twilio: signed webhooks to us, and the API that we call (an ``operator``)
- ``routes``    the page, the calls of its phones, and the API
"""
