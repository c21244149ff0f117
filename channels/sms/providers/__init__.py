"""Providers of SMS, one file each: what they send us, how they sign it, how a message is handed to them."""
