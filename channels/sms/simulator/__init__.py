"""The simulator: phones on a page, and the providers behind them, with accounts of its own. Loopback only.

- ``account``    its accounts, derived from the secret key; and who may see the simulator
- ``exchange``   the provider in the middle: phones, messages, and what is to become of them (``texts``)
- ``operators``  the providers that it plays, one file each: signed webhooks to us, and an API for us
- ``routes``     page, phone's calls, and the providers' APIs
"""
