"""The simulator: a phone on a page, and the provider behind it, with an account of its own. Loopback only.

- ``account``   its account, derived from the secret key; and who may see the simulator
- ``exchange``  the provider in the middle: phones, messages, signed webhooks to us, and a REST API for us
- ``routes``    page, phone's calls, and the provider's REST API
"""
