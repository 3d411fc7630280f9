from __future__ import annotations

import pytest

from ari_app.ari import models
from ari_app.ari.answers import Answer
from ari_app.ari.errors import AriError, AriTimeout, Conflict, MalformedAnswer, NotFound


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer("GET", "/channels", status, body)


@pytest.mark.parametrize(
    ("status", "kind", "over"),
    [(404, NotFound, True), (409, Conflict, True), (412, AriError, False), (500, AriError, False)],
)
def test_a_refusal_is_a_typed_error_with_asterisks_reason(status: int, kind: type[AriError], over: bool) -> None:
    with pytest.raises(AriError) as caught:
        answer(b'{"message": "Channel not in Stasis application"}', status).checked()
    assert type(caught.value) is kind
    assert caught.value.call_is_over is over
    assert str(caught.value) == f"GET /channels: {status}: Channel not in Stasis application"


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"error": "Out of memory"}', "Out of memory"), (b"<html>", "<html>"), (b"", "no reason given"), (b"[]", "[]")],
)
def test_a_refusal_in_another_form_is_shown_as_it_came(body: bytes, reason: str) -> None:
    with pytest.raises(AriError) as caught:
        answer(body, 503).checked()
    assert caught.value.message == reason


def test_a_redirect_is_a_refusal() -> None:
    with pytest.raises(AriError, match="302"):
        answer(b"", 302).checked()


def test_no_answer_is_not_the_end_of_a_call() -> None:
    error = AriTimeout(0, "no answer within 3 s", "POST", "/channels/x/answer")
    assert not error.call_is_over
    assert str(error) == "POST /channels/x/answer: no answer: no answer within 3 s"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'"text"', b"[]", b"null"])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="expected"):
        answer(body).mapping()


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{}, "x"]', b"nothing"])
def test_what_is_no_list_of_objects_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedAnswer, match="expected"):
        answer(body).mappings()


def test_a_model_is_read() -> None:
    assert answer(b'{"value": "7"}').model(models.Variable) == models.Variable(value="7")
    assert answer(b'[{"value": "7"}]').models(models.Variable) == (models.Variable(value="7"),)


def test_a_model_without_its_parts_is_malformed() -> None:
    with pytest.raises(MalformedAnswer, match=r"a Channel \(caller: expected a CallerID object, got NoneType"):
        answer(b'{"id": "1"}').model(models.Channel)
    with pytest.raises(MalformedAnswer, match="a list of Channel"):
        answer(b'[{"id": "1"}]').models(models.Channel)
