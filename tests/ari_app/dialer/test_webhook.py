from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from ari_app.dialer.webhook import Signer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def test_the_known_vector_of_standard_webhooks() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = Signer([SECRET]).headers("msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', at)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("secrets", [[SECRET, OTHER], [f"{SECRET} {OTHER}"]])
def test_while_a_secret_is_replaced_both_verify(secrets: list[str]) -> None:
    headers = Signer(secrets).headers("msg_1", "{}", datetime.now(UTC))
    for secret in (SECRET, OTHER):
        Webhook(secret).verify("{}", dict(headers))


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_é"]])
def test_a_secret_that_cannot_sign_is_refused(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        Signer(secrets)
