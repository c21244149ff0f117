"""The signature of webhooks is the one of the specification "Standard Webhooks": programs check it with its libraries."""

from __future__ import annotations

from integrators.webhooks.sending import signature_headers


def test_signature_is_that_of_the_specifications_example() -> None:
    secret, identifier = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    headers = signature_headers(secret, identifier, 1614265330, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": identifier,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
