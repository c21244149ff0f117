"""What ``./guichet sms`` is made of."""
