"""The simulator: phones on a page, and the simulated providers, with accounts of its own. Loopback only.

- ``account``    its accounts, derived from the secret key; and access to the simulator
- ``exchange``   the provider in the middle: phones, messages, and their simulated fate (``texts``)
- ``operators``  the simulated providers, one file each: signed webhooks to us, and an API for us
- ``routes``     the page, the calls of its phones, and the providers' APIs
"""
